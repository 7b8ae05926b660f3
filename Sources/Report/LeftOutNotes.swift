import SkipConvert
import SkipFiles

/// Notes about the input tensors that were left out, with the reasons.
package enum LeftOutNotes {
    /// The most lines for one file and reason. `--ledger` lists all tensors.
    private static let linesPerReason = 8

    package static func lines(_ tensors: [LeftOutTensor]) -> [String] {
        var lines: [String] = []
        var start = tensors.startIndex
        while start < tensors.endIndex {
            let first = tensors[start]
            let run = tensors[start...].prefix { $0.file == first.file && $0.reason == first.reason }
            for tensor in run.prefix(linesPerReason) {
                lines.append("\(ByteString(tensor.file)): left out \(tensor.name): \(tensor.reason.words)")
            }
            if run.count > linesPerReason {
                lines.append(
                    "\(ByteString(first.file)): left out \(run.count - linesPerReason) others: \(first.reason.words)")
            }
            start = run.endIndex
        }
        return lines
    }
}

extension LeftOutTensor.Reason {
    var words: String {
        switch self {
        case .derivedBuffer: "it is a buffer, not a weight: the configuration determines it"
        case .tiedHead: "the configuration ties the head to the embedding"
        case .notRequested: "--no-router leaves out the routers"
        case .notRouter: "it does not belong to a router"
        case .replacedByAdapter: "an adapter replaces it"
        case .notTargeted: "adapter_config.json does not target its module, so PEFT does not load it"
        case .notTensor: "it is not a tensor"
        case .besideStateDictionary: "it is outside the state dict"
        case .parameterState: "attributes of a parameter are not used (its numbers are)"
        case .unreferencedRecord: "no tensor refers to this record"
        }
    }
}

import Convert
import Model

/// Says on standard error which tensors of the inputs were left out and why.
enum LeftOutNotes {
    /// More lines of one file and reason than this say nothing new: `--ledger` lists them all.
    private static let linesPerReason = 8

    static func write(_ tensors: [LeftOutTensor]) {
        var start = tensors.startIndex
        while start < tensors.endIndex {
            let first = tensors[start]
            let run = tensors[start...].prefix { $0.file == first.file && $0.reason == first.reason }
            for tensor in run.prefix(linesPerReason) {
                note("\(ByteString(tensor.file)): left out \(tensor.name): \(tensor.reason.words)")
            }
            if run.count > linesPerReason {
                note("\(ByteString(first.file)): left out \(run.count - linesPerReason) others: \(first.reason.words)")
            }
            start = run.endIndex
        }
    }

    private static func note(_ text: String) { StandardError.write("skipc: note: \(text)\n") }
}

extension LeftOutTensor.Reason {
    var words: String {
        switch self {
        case .derivedBuffer: "it follows from the configuration"
        case .tiedHead: "the configuration ties the head to the embedding"
        case .notRouter: "it is no router's tensor"
        case .replacedByAdapter: "an adapter brings another in its place"
        case .notTensor: "it is no tensor"
        case .besideStateDictionary: "it stands beside the state dict"
        case .parameterState: "attributes of a parameter mean nothing here (its numbers are used)"
        case .unreferencedRecord: "no tensor refers to this record"
        }
    }
}

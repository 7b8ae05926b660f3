import SkipConvert
import SkipDiagnostics
import SkipFiles

/// The contents of a safetensors or torch file.
package struct TensorFileReport: JSONConvertible {
    package struct Tensor: JSONConvertible {
        let name: String
        let type: String
        let shape: [Int]
        /// The position of its first byte: in the file or, if it is compressed, in the inflated record.
        let byteOffset: Int
        let byteCount: Int
        /// In elements; nil for a contiguous tensor.
        let strides: [Int]?
        let isCompressed: Bool

        init(_ tensor: CheckpointTensor) {
            name = tensor.name.description
            type = tensor.storedType.rawValue
            shape = tensor.shape.dimensions
            byteOffset = tensor.byteOffset
            byteCount = tensor.byteCount
            strides = tensor.strides
            isCompressed = tensor.compressedRecord != nil
        }

        package var json: JSONDocument {
            [
                "name": .string(name),
                "type": .string(type),
                "shape": .array(shape),
                "byteOffset": .integer(byteOffset),
                "byteCount": .integer(byteCount),
                "strides": strides.map { .array($0) } ?? .null,
                "isCompressed": .bool(isCompressed),
            ]
        }
    }

    package struct LeftOut: JSONConvertible {
        let name: String
        let reason: String

        package var json: JSONDocument {
            [
                "name": .string(name),
                "reason": .string(reason),
            ]
        }
    }

    let file: String
    let metadata: [String: String]
    let tensors: [Tensor]
    /// The contents of a torch file that are not tensors of the state dict.
    let leftOut: [LeftOut]
    /// The state dicts of a torch file that has several. Then there are no tensors.
    let choices: [StateDictionaryChoice]
    /// Nil if there are none.
    let routers: RouterSummary?

    package init(_ header: SafetensorsHeader, path: String) {
        file = ByteString(path).description
        var metadata: [String: String] = [:]
        for member in header.metadata {
            if case .string(let value) = member.value { metadata[member.key.description] = value.description }
        }
        self.metadata = metadata
        tensors = header.tensors.map(Tensor.init)
        leftOut = []
        choices = []
        routers = StoredRouters(in: header.tensors).map { RouterSummary(layers: $0.layers) }
    }

    package init(_ torchFile: TorchFile, path: String) {
        file = ByteString(path).description
        metadata = [:]
        tensors = torchFile.tensors.map(Tensor.init)
        choices = torchFile.choices
        routers = StoredRouters(in: torchFile.tensors).map { RouterSummary(layers: $0.layers) }
        leftOut = torchFile.leftOut.map { LeftOut(name: $0.name.description, reason: $0.reason.words) }
    }

    package var text: String {
        if !choices.isEmpty {
            let lines = choices.map { "  \($0.key): \($0.tensorCount) tensor\($0.tensorCount == 1 ? "" : "s")\n" }
            return "\(file): \(choices.count) state dicts. --state-dict KEY chooses one.\n" + lines.joined()
        }
        let total = tensors.map(\.byteCount).reduce(0, +)
        var text = "\(file): \(tensors.count) tensors, \(ByteCount.text(total))\n"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { text += "  metadata \(key) = \(value)\n" }
        if let kinds = routers?.text { text += "  routers \(kinds)\n" }
        let width = tensors.map(\.name.count).max() ?? 0
        for tensor in tensors {
            let padding = String(repeating: " ", count: width - tensor.name.count + 2)
            let strides = tensor.strides.map { " strides \($0)" } ?? ""
            let compressed = tensor.isCompressed ? " compressed" : ""
            text += "  \(tensor.name)\(padding)\(tensor.type) \(tensor.shape)\(strides)\(compressed)\n"
        }
        for item in leftOut { text += "  (\(item.name): \(item.reason))\n" }
        return text
    }

    package var json: JSONDocument {
        [
            "kind": "tensorFile",
            "file": .string(file),
            "metadata": .object(
                metadata.sorted { $0.key < $1.key }.map { JSONDocument.Member(ByteString($0.key), .string($0.value)) }),
            "tensorCount": .integer(tensors.count),
            "routers": .optional(routers),
            "tensors": .array(tensors),
            "leftOut": .array(leftOut),
            "stateDictionaries": .array(
                choices.map { ["key": .string($0.key), "tensorCount": .integer($0.tensorCount)] as JSONDocument }),
        ]
    }
}

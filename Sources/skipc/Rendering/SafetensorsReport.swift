import Convert
import Model

/// What a safetensors file holds.
struct SafetensorsReport: Encodable {
    struct Tensor: Encodable {
        let name: String
        let type: String
        let shape: [Int]
        let byteOffset: Int
        let byteCount: Int
    }

    let file: String
    let metadata: [String: String]
    let tensors: [Tensor]

    init(_ header: SafetensorsHeader, path: String) {
        file = ByteString(path).description
        var metadata: [String: String] = [:]
        for member in header.metadata {
            if case .string(let value) = member.value { metadata[member.key.description] = value.description }
        }
        self.metadata = metadata
        tensors = header.tensors.map {
            Tensor(
                name: $0.name.description, type: $0.storedType.rawValue, shape: $0.shape.dimensions,
                byteOffset: $0.byteOffset,
                byteCount: $0.byteCount)
        }
    }

    var text: String {
        let total = tensors.map(\.byteCount).reduce(0, +)
        var text = "\(file): \(tensors.count) tensors, \(ByteCount.text(total))\n"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { text += "  metadata \(key) = \(value)\n" }
        let width = tensors.map(\.name.count).max() ?? 0
        for tensor in tensors {
            let padding = String(repeating: " ", count: width - tensor.name.count + 2)
            text += "  \(tensor.name)\(padding)\(tensor.type) \(tensor.shape)\n"
        }
        return text
    }
}

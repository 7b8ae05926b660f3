import SkipFiles
import SkipModel

/// The header of a safetensors file to be written, and the place of every tensor in it.
public struct SafetensorsLayout: Sendable {
    public struct Entry: Sendable {
        public let name: ByteString
        public let storedType: StoredType
        public let shape: TensorShape

        public init(_ name: ByteString, _ storedType: StoredType, _ shape: TensorShape) {
            self.name = name
            self.storedType = storedType
            self.shape = shape
        }

        public var byteCount: Int { shape.elementCount * storedType.byteCount }
    }

    /// The length field and the JSON, padded so that the tensors begin at a multiple of 8.
    public let header: [UInt8]
    /// Absolute position of each entry's first byte, in the order given.
    public let byteOffsets: [Int]
    public let fileByteCount: Int

    /// Lays the entries out in the order given. To keep every tensor aligned to its element, put wider types first.
    public init(_ entries: [Entry], metadata: [(key: String, value: String)] = []) {
        var members: [JSONDocument.Member] = []
        if !metadata.isEmpty {
            let pairs = metadata.map { JSONDocument.Member(ByteString($0.key), .string($0.value)) }
            members.append(JSONDocument.Member("__metadata__", .object(pairs)))
        }
        var relativeOffsets: [Int] = []
        var end = 0
        for entry in entries {
            relativeOffsets.append(end)
            let begin = end
            end += entry.byteCount
            let description: JSONDocument = [
                "dtype": .string(entry.storedType.rawValue), "shape": .array(entry.shape.dimensions),
                "data_offsets": .array([begin, end]),
            ]
            members.append(JSONDocument.Member(entry.name, description))
        }
        let text = JSONWriter.bytes(of: .object(members), style: .compact)
        var header = ByteWriter()
        let paddedByteCount = (text.count + 7) / 8 * 8
        header.append(UInt64(paddedByteCount))
        header.append(text)
        header.append([UInt8](repeating: UInt8(ascii: " "), count: paddedByteCount - text.count))
        self.header = header.bytes
        let dataOffset = header.bytes.count
        byteOffsets = relativeOffsets.map { dataOffset + $0 }
        fileByteCount = dataOffset + end
    }
}

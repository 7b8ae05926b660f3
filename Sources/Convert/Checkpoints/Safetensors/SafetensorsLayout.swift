import SkipFiles
import SkipModel

/// The header of a safetensors file to write, and the position of every tensor.
public struct SafetensorsLayout: Sendable {
    /// A tensor to write.
    public struct Entry: Sendable {
        public let name: ByteString
        public let storedType: StoredType
        public let shape: TensorShape

        public init(_ name: ByteString, _ storedType: StoredType, _ shape: TensorShape) {
            self.name = name
            self.storedType = storedType
            self.shape = shape
        }

        /// The size of the elements, in bytes.
        public var byteCount: Int { shape.elementCount * storedType.byteCount }
    }

    /// The length field and the JSON, padded so that the tensors start at a multiple of 8.
    public let header: [UInt8]
    /// Absolute position of each entry's first byte, in the order of the entries.
    public let byteOffsets: [Int]
    /// The size of the file, in bytes.
    public let fileByteCount: Int

    /// Lays out the entries in their order. If wider types come first, every tensor is aligned to its element size.
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

import Model

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
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.map { Self.quoted(ByteString($0.key)) + ":" + Self.quoted(ByteString($0.value)) }
            members.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
        }
        var relativeOffsets: [Int] = []
        var end = 0
        for entry in entries {
            relativeOffsets.append(end)
            let begin = end
            end += entry.byteCount
            let dimensions = entry.shape.dimensions.map(String.init).joined(separator: ",")
            members.append(
                Self.quoted(entry.name)
                    + ":{\"dtype\":\"\(entry.storedType.rawValue)\",\"shape\":[\(dimensions)],\"data_offsets\":[\(begin),\(end)]}"
            )
        }
        var text = Array(("{" + members.joined(separator: ",") + "}").utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        let length = UInt64(text.count)
        header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
        let dataOffset = header.count
        byteOffsets = relativeOffsets.map { dataOffset + $0 }
        fileByteCount = dataOffset + end
    }

    /// A JSON string. Names are UTF-8 already: the reader refuses others.
    static func quoted(_ name: ByteString) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for byte in name.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: text += Array(("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }
}

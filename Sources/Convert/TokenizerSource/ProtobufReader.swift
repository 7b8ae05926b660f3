import SkipFiles

/// Reads the fields of one protocol buffer message, in their order.
///
/// Strict: every length lies inside the message, numbers have at most 64 bits, and groups do not occur.
struct ProtobufReader {
    /// The value of a field.
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// A range of the file: a string, bytes or a message.
        case bytes(Range<Int>)
    }

    struct Field {
        let number: Int
        let value: Value
        /// The offset of the field in the file.
        let offset: Int
    }

    private let file: String
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    /// Reads a message that is a range of a file's bytes.
    init(_ bytes: [UInt8], _ range: Range<Int>, file: String) {
        self.bytes = bytes
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    /// Returns the next field; nil at the end of the message.
    mutating func next() throws(InputError) -> Field? {
        guard position < end else { return nil }
        let offset = position
        let key = try varint()
        guard let number = Int(exactly: key >> 3), (1...536_870_911).contains(number) else {
            throw error(offset, "a field number that does not exist")
        }
        let value: Value =
            switch key & 7 {
            case 0: .number(try varint())
            case 1: .fixed64(try fixed(8))
            case 2: .bytes(try range())
            case 5: .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
            default: throw error(offset, "a field of the wire type \(key & 7)")
            }
        return Field(number: number, value: value, offset: offset)
    }

    private mutating func varint() throws(InputError) -> UInt64 {
        let offset = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw error(offset, "a number without an end") }
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte < 2 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw error(offset, "a number of more than 64 bits")
    }

    private mutating func fixed(_ count: Int) throws(InputError) -> UInt64 {
        guard count <= end - position else { throw error(position, "a number without an end") }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return value
    }

    private mutating func range() throws(InputError) -> Range<Int> {
        let offset = position
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw error(offset, "a field of \(length) bytes in a message with \(end - position) more")
        }
        defer { position += Int(length) }
        return position..<position + Int(length)
    }

    func error(_ offset: Int, _ found: String) -> InputError {
        InputError(
            .tokenizerModelFile, file: file, at: .byte(offset), found: found, required: "a SentencePiece model")
    }
}

/// A parsed document: its bytes, and an entry of eight bytes for every value and every key, in the order of the document.
///
/// Values are views of it. A document of n bytes has at most n entries, so that parsing needs at most 8 bytes of entries
/// for each byte, and for the members of large objects 20 bytes more (`MemberIndex`).
final class JSONTape: Sendable {
    let bytes: [UInt8]
    let entries: [JSONTapeEntry]
    /// The indexes of large objects, by the position of the object's entry.
    let indexes: [Int: MemberIndex]

    /// The largest document, in bytes, because entries hold offsets of 28 bits.
    static let byteLimit = 1 << 28

    init(bytes: [UInt8], entries: [JSONTapeEntry], indexes: [Int: MemberIndex]) {
        self.bytes = bytes
        self.entries = entries
        self.indexes = indexes
    }

    /// Returns the value of an entry.
    func value(at position: Int) -> JSONValue {
        let entry = entries[position]
        switch entry.kind {
        case .null: return .null
        case .false: return .bool(false)
        case .true: return .bool(true)
        case .number:
            return .number(JSONNumber(lexeme: String(decoding: bytes[entry.byteRange], as: UTF8.self)))
        case .string, .escapedString: return .string(Self.string(entry, in: bytes))
        case .array: return .array(JSONArray(tape: self, position: position))
        case .object: return .object(JSONObject(tape: self, position: position))
        }
    }

    /// Returns the string of an entry for a value or a key.
    static func string(_ entry: JSONTapeEntry, in bytes: [UInt8]) -> ByteString {
        entry.kind == .escapedString
            ? JSONEscapes.unescaped(bytes[entry.byteRange])
            : ByteString(bytes: bytes.span.extracting(entry.byteRange))
    }

    /// Returns the position of the entry that follows a value and everything in it.
    func next(after position: Int) -> Int {
        let entry = entries[position]
        return entry.isContainer ? entry.extent : position + 1
    }
}

/// A value or a key: its kind, where it begins, and where it ends.
struct JSONTapeEntry {
    enum Kind: UInt8 {
        case null, `false`, `true`, number, string, escapedString, array, object
    }

    /// The kind in the highest 4 bits, the offset in 28, the extent in 32.
    private let bits: UInt64

    /// `offset` is the position of the first byte; of a string, of the byte after its quote. `extent` is the number of
    /// bytes; of an array or an object, the position of the first entry after its contents.
    init(_ kind: Kind, offset: Int, extent: Int) {
        bits = UInt64(kind.rawValue) << 60 | UInt64(offset) << 32 | UInt64(extent)
    }

    var kind: Kind { Kind(rawValue: UInt8(bits >> 60)) ?? .null }
    var offset: Int { Int(bits >> 32 & 0x0FFF_FFFF) }
    var extent: Int { Int(bits & 0xFFFF_FFFF) }
    var isContainer: Bool { kind == .array || kind == .object }

    /// The bytes of a number or a string.
    var byteRange: Range<Int> { offset..<offset + extent }
}

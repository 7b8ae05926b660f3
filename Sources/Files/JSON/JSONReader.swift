/// A strict reader of JSON (RFC 8259).
///
/// Foundation's two parsers disagree about duplicate keys, merge keys that are canonically equal, and lose digits of
/// long numbers, but untrusted input must have one meaning. This reader refuses duplicate keys, byte order marks, lone
/// surrogates, comments, trailing commas and NaN, and limits depth and size.
public struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var valueCount = 0
    private var entries: [JSONTapeEntry] = []
    private var indexes: [Int: MemberIndex] = [:]

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The most bytes of memory for each byte of a document: a table entry of 8 bytes for every 2 bytes, an index of at
    /// most 36 bytes for a member of 6, and twice as much while these arrays grow.
    public static let memoryPerByte = 24

    /// Parses a whole document of at most 2^28 bytes.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        precondition(bytes.count <= JSONTape.byteLimit, "callers limit the size of documents")
        var reader = JSONReader(bytes: bytes, limits: limits)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(reason: .byteOrderMark, offset: 0) }
        // Validating the whole document once makes every string a slice of valid UTF-8.
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
        }
        reader.skipWhitespace()
        try reader.value(depth: 1)
        reader.skipWhitespace()
        if reader.position != bytes.count { throw reader.error(.trailingBytes) }
        return JSONTape(bytes: bytes, entries: reader.entries, indexes: reader.indexes).value(at: 0)
    }

    /// Returns the range of a member's value in a document that was parsed before. `keyOffset` is the position of the
    /// opening quote of its key.
    static func valueRange(afterKeyAt keyOffset: Int, in bytes: [UInt8]) throws(JSONError) -> Range<Int> {
        var reader = JSONReader(bytes: bytes, limits: JSONLimits())
        reader.position = keyOffset
        try reader.string()
        reader.skipWhitespace()
        try reader.expect(UInt8(ascii: ":"))
        reader.skipWhitespace()
        let start = reader.position
        try reader.value(depth: 1)
        return start..<reader.position
    }

    private func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard let current else { throw error(.unexpectedEnd) }
        if current != byte { throw error(.unexpectedByte) }
        position += 1
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONError) {
        if depth > limits.depth { throw error(.tooDeep(limit: limits.depth)) }
        valueCount += 1
        if valueCount > limits.valueCount { throw error(.tooManyValues(limit: limits.valueCount)) }
        guard let current else { throw error(.unexpectedEnd) }
        switch current {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func literal(_ text: StaticString, _ kind: JSONTapeEntry.Kind) throws(JSONError) {
        let start = position
        for byte in text.description.utf8 { try expect(byte) }
        entries.append(JSONTapeEntry(kind, offset: start, extent: position - start))
    }

    private mutating func object(depth: Int) throws(JSONError) {
        let entry = entries.count
        let start = position
        entries.append(JSONTapeEntry(.object, offset: start, extent: 0))
        position += 1
        var keyPositions: [UInt32] = []
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                skipWhitespace()
                guard let current else { throw error(.unexpectedEnd) }
                if current != UInt8(ascii: "\"") { throw error(.unexpectedByte) }
                keyPositions.append(UInt32(entries.count))
                try string()
                skipWhitespace()
                try expect(UInt8(ascii: ":"))
                skipWhitespace()
                try value(depth: depth + 1)
                skipWhitespace()
                if self.current == UInt8(ascii: ",") {
                    position += 1
                } else {
                    try expect(UInt8(ascii: "}"))
                    break
                }
            }
        }
        entries[entry] = JSONTapeEntry(.object, offset: start, extent: entries.count)
        if keyPositions.count >= MemberIndex.smallestMemberCount {
            indexes[entry] = try MemberIndex(keyPositions: keyPositions, in: entries, bytes)
        } else {
            try refuseDuplicates(keyPositions)
        }
    }

    /// Throws `duplicateKey` if two members of a small object have the same key.
    private func refuseDuplicates(_ keyPositions: [UInt32]) throws(JSONError) {
        for later in keyPositions.indices.dropFirst() {
            let entry = entries[Int(keyPositions[later])]
            let key = JSONTape.string(entry, in: bytes)
            for earlier in keyPositions[..<later] {
                let first = entries[Int(earlier)]
                if JSONTape.string(first, in: bytes) == key {
                    throw JSONError(
                        reason: .duplicateKey(key, firstOffset: first.offset - 1), offset: entry.offset - 1)
                }
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) {
        let entry = entries.count
        let start = position
        entries.append(JSONTapeEntry(.array, offset: start, extent: 0))
        position += 1
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                skipWhitespace()
                try value(depth: depth + 1)
                skipWhitespace()
                if current == UInt8(ascii: ",") {
                    position += 1
                } else {
                    try expect(UInt8(ascii: "]"))
                    break
                }
            }
        }
        entries[entry] = JSONTapeEntry(.array, offset: start, extent: entries.count)
    }

    private mutating func number() throws(JSONError) {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
            if isDigit(current) { throw error(.malformedNumber) }
        } else {
            if !isDigit(current) { throw error(.malformedNumber) }
            while isDigit(current) { position += 1 }
        }
        if current == UInt8(ascii: ".") {
            position += 1
            if !isDigit(current) { throw error(.malformedNumber) }
            while isDigit(current) { position += 1 }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            if !isDigit(current) { throw error(.malformedNumber) }
            while isDigit(current) { position += 1 }
        }
        entries.append(JSONTapeEntry(.number, offset: start, extent: position - start))
    }

    // MARK: Strings

    /// Reads a value or a key. Checks its escapes; the text is made when it is used.
    private mutating func string() throws(JSONError) {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            guard let current else { throw error(.unexpectedEnd) }
            switch current {
            case UInt8(ascii: "\""):
                entries.append(
                    JSONTapeEntry(hasEscapes ? .escapedString : .string, offset: start, extent: position - start))
                position += 1
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try checkEscape()
            case 0..<0x20: throw error(.controlCharacter)
            default: position += 1
            }
        }
    }

    private mutating func checkEscape() throws(JSONError) {
        let start = position
        position += 1
        guard let current else { throw error(.unexpectedEnd) }
        position += 1
        if current != UInt8(ascii: "u") {
            if JSONEscapes.character(current) == nil { throw JSONError(reason: .invalidEscape, offset: start) }
            return
        }
        guard position + 4 <= bytes.count else { throw error(.unexpectedEnd) }
        if JSONEscapes.unit(bytes[position...]) == nil { throw JSONError(reason: .invalidEscape, offset: start) }
        guard let (_, byteCount) = JSONEscapes.scalar(bytes[position...]) else {
            throw JSONError(reason: .loneSurrogate, offset: start)
        }
        position += byteCount
    }
}

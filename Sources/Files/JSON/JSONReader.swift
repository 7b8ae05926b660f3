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

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Parses a whole document.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes: bytes, limits: limits)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(reason: .byteOrderMark, offset: 0) }
        // Validating the whole document once makes every string a slice of valid UTF-8.
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
        }
        reader.skipWhitespace()
        let value = try reader.value(depth: 1)
        reader.skipWhitespace()
        if reader.position != bytes.count { throw reader.error(.trailingBytes) }
        return value
    }

    /// Returns the range of a member's value in a document that was parsed before. `keyOffset` is the position of the
    /// opening quote of its key.
    static func valueRange(afterKeyAt keyOffset: Int, in bytes: [UInt8]) throws(JSONError) -> Range<Int> {
        var reader = JSONReader(bytes: bytes, limits: JSONLimits())
        reader.position = keyOffset
        _ = try reader.string()
        reader.skipWhitespace()
        try reader.expect(UInt8(ascii: ":"))
        reader.skipWhitespace()
        let start = reader.position
        _ = try reader.value(depth: 1)
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

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        if depth > limits.depth { throw error(.tooDeep(limit: limits.depth)) }
        valueCount += 1
        if valueCount > limits.valueCount { throw error(.tooManyValues(limit: limits.valueCount)) }
        guard let current else { throw error(.unexpectedEnd) }
        switch current {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in text.description.utf8 { try expect(byte) }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        position += 1
        var members: [JSONObject.Member] = []
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return try JSONObject(members: [])
        }
        while true {
            skipWhitespace()
            guard let current else { throw error(.unexpectedEnd) }
            if current != UInt8(ascii: "\"") { throw error(.unexpectedByte) }
            let keyOffset = position
            let key = try string()
            skipWhitespace()
            try expect(UInt8(ascii: ":"))
            skipWhitespace()
            members.append(JSONObject.Member(key: key, keyOffset: keyOffset, value: try value(depth: depth + 1)))
            skipWhitespace()
            if self.current == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect(UInt8(ascii: "}"))
                break
            }
        }
        return try JSONObject(members: members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        position += 1
        var values: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return []
        }
        while true {
            skipWhitespace()
            values.append(try value(depth: depth + 1))
            skipWhitespace()
            if current == UInt8(ascii: ",") {
                position += 1
            } else {
                try expect(UInt8(ascii: "]"))
                return values
            }
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
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
        return JSONNumber(lexeme: String(decoding: bytes[start..<position], as: UTF8.self))
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func string() throws(JSONError) -> ByteString {
        position += 1
        let start = position
        // Most strings have no escape.
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
            bytes[position] >= 0x20
        {
            position += 1
        }
        if current == UInt8(ascii: "\"") {
            position += 1
            return ByteString(bytes: bytes.span.extracting(start..<position - 1))
        }
        var text = Array(bytes[start..<position])
        while true {
            guard let current else { throw error(.unexpectedEnd) }
            switch current {
            case UInt8(ascii: "\""):
                position += 1
                return ByteString(bytes: text)
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case 0..<0x20: throw error(.controlCharacter)
            default:
                text.append(current)
                position += 1
            }
        }
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
        let escapeOffset = position
        position += 1
        guard let current else { throw error(.unexpectedEnd) }
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(current)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar(escapeOffset: escapeOffset)
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw JSONError(reason: .invalidEscape, offset: escapeOffset)
        }
    }

    private mutating func escapedScalar(escapeOffset: Int) throws(JSONError) -> Unicode.Scalar {
        let lone = JSONError(reason: .loneSurrogate, offset: escapeOffset)
        let first = try hexadecimalUnit(escapeOffset: escapeOffset)
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard UTF16.isLeadSurrogate(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw lone }
        position += 2
        let second = try hexadecimalUnit(escapeOffset: escapeOffset)
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw lone }
        return scalar
    }

    private mutating func hexadecimalUnit(escapeOffset: Int) throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw error(.unexpectedEnd) }
        var unit: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw JSONError(reason: .invalidEscape, offset: escapeOffset)
            }
            unit = unit << 4 | UInt16(digit)
        }
        position += 4
        return unit
    }
}

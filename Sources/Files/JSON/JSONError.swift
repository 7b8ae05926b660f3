/// Why bytes are not accepted as JSON, and where.
public struct JSONError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// A byte that the grammar of JSON does not allow here.
        case unexpectedByte
        case unexpectedEnd
        /// Bytes after the value.
        case trailingBytes
        case byteOrderMark
        case invalidUTF8
        /// A control character inside a string.
        case controlCharacter
        case invalidEscape
        /// A surrogate, `\uD800` to `\uDFFF`, without the other half of its pair.
        case loneSurrogate
        case malformedNumber
        /// Two members of one object whose keys are equal after unescaping.
        case duplicateKey(ByteString, firstOffset: Int)
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
    }

    public let reason: Reason
    /// The position in the parsed bytes.
    public let offset: Int
}

/// The largest document that is parsed.
public struct JSONLimits: Sendable {
    public var depth = 64
    public var valueCount = 20_000_000

    public init() {}
}

extension JSONError.Reason {
    /// What was found, as part of a message.
    package var phrase: String {
        switch self {
        case .unexpectedByte: "a byte that JSON does not allow here"
        case .unexpectedEnd: "the end of the text inside a value"
        case .trailingBytes: "bytes after the value"
        case .byteOrderMark: "a byte order mark"
        case .invalidUTF8: "a string that is not UTF-8"
        case .controlCharacter: "a control character in a string"
        case .invalidEscape: "an unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .malformedNumber: "a malformed number"
        case .duplicateKey(let key, let firstOffset): "the key \"\(key)\" again (first at byte \(firstOffset))"
        case .tooDeep(let limit): "more than \(limit) levels of nesting"
        case .tooManyValues(let limit): "more than \(limit) values"
        }
    }
}

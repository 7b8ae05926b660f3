import Model

/// Why bytes are not acceptable JSON, and where.
public struct JSONError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// Something else than JSON's grammar allows here.
        case unexpectedByte
        case unexpectedEnd
        /// Bytes after the value.
        case trailingBytes
        case byteOrderMark
        case invalidUTF8
        /// A control character inside a string.
        case controlCharacter
        case invalidEscape
        /// `\uD800`…`\uDFFF` without its partner.
        case loneSurrogate
        case malformedNumber
        /// Two members of one object whose keys are equal after unescaping.
        case duplicateKey(ByteString, firstOffset: Int)
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
    }

    public let reason: Reason
    /// Position in the parsed bytes.
    public let offset: Int
}

/// What a document may cost.
public struct JSONLimits: Sendable {
    public var depth = 64
    public var valueCount = 20_000_000

    public init() {}
}

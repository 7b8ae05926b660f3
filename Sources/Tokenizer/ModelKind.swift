/// What the symbols are that merging begins with, and what happens to a part of a word that has no token.
public enum ModelKind: Equatable, Sendable {
    /// The bytes of a word, as in GPT-2. A byte without a token is dropped.
    case bytes
    /// The characters of a word, as in SentencePiece.
    case characters(CharacterModel)
}

/// How a BPE of characters encodes a character that is not a token.
public struct CharacterModel: Equatable, Sendable {
    /// Whether the character becomes the tokens of its bytes, if each of them has a token.
    public var fallsBackToBytes: Bool
    /// The token of a character that becomes no byte tokens; nil: such a character is dropped.
    public var unknownID: UInt32?
    /// Whether neighbouring unknown characters become one token.
    public var fusesUnknown: Bool

    public init(fallsBackToBytes: Bool = true, unknownID: UInt32? = nil, fusesUnknown: Bool = false) {
        self.fallsBackToBytes = fallsBackToBytes
        self.unknownID = unknownID
        self.fusesUnknown = fusesUnknown
    }
}

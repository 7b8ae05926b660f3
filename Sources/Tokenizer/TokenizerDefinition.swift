import SkipFiles

/// A byte-level BPE tokenizer before it is compiled. The front end reads it from `tokenizer.json`.
public struct TokenizerDefinition: Equatable, Sendable {
    /// The tokens; a token's index is its id.
    public var tokens: [Token]
    /// The tokens of the 256 single bytes. Nil: encoding drops the byte, as in Hugging Face's tokenizers when a
    /// vocabulary lacks the byte and names no unknown token.
    public var byteTokenIDs: [UInt32?]
    /// The merges in the order of their rank: a smaller rank merges first.
    public var merges: [Merge]
    public var addedTokens: [AddedToken]
    public var normalizer: TextNormalizer
    public var preTokenizer: PreTokenizer
    /// Whether a word that is itself a token becomes that token, whatever the merges say.
    public var ignoresMerges: Bool
    /// Whether a space is put before each piece of text between added tokens, unless the piece begins with one.
    public var addsPrefixSpace: Bool
    /// Ids that encoding adds before the text with `addSpecialTokens` (Llama 3: begin of text).
    public var prefixIDs: [UInt32]
    /// Ids that encoding adds after the text with `addSpecialTokens`.
    public var suffixIDs: [UInt32]

    public init(
        tokens: [Token], byteTokenIDs: [UInt32?], merges: [Merge], addedTokens: [AddedToken] = [],
        normalizer: TextNormalizer = .identity, preTokenizer: PreTokenizer, ignoresMerges: Bool = false,
        addsPrefixSpace: Bool = false, prefixIDs: [UInt32] = [], suffixIDs: [UInt32] = []
    ) {
        self.tokens = tokens
        self.byteTokenIDs = byteTokenIDs
        self.merges = merges
        self.addedTokens = addedTokens
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.ignoresMerges = ignoresMerges
        self.addsPrefixSpace = addsPrefixSpace
        self.prefixIDs = prefixIDs
        self.suffixIDs = suffixIDs
    }

    /// A token of the vocabulary, or an added token.
    public struct Token: Equatable, Sendable {
        /// The bytes that the token decodes to.
        public var bytes: ByteString
        /// Whether a word of the text may become this token: it is in the model's own vocabulary and spelled in bytes.
        public var isWord: Bool

        public init(bytes: ByteString, isWord: Bool) {
            self.bytes = bytes
            self.isWord = isWord
        }
    }

    /// Two neighbouring tokens and the token that replaces them.
    public struct Merge: Equatable, Sendable {
        public var left: UInt32
        public var right: UInt32
        public var result: UInt32

        public init(left: UInt32, right: UInt32, result: UInt32) {
            self.left = left
            self.right = right
            self.result = result
        }
    }

    /// A token that is recognised in the text before the text is split into words.
    public struct AddedToken: Equatable, Sendable {
        public var id: UInt32
        /// The text that it is recognised by: UTF-8, 1 to `TokenizerTable.addedTokenByteLimit` bytes.
        public var content: [UInt8]
        public var options: AddedTokenOptions

        public init(id: UInt32, content: [UInt8], options: AddedTokenOptions) {
            self.id = id
            self.content = content
            self.options = options
        }
    }
}

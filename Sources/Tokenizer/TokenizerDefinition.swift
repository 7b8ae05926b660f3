import SkipFiles

/// What a byte-level BPE tokenizer is, before it is compiled: the front end fills it from `tokenizer.json`.
public struct TokenizerDefinition: Equatable, Sendable {
    /// The tokens; a token's index is its id.
    public var tokens: [Token]
    /// The token that stands for each single byte, 256 of them; nil: text that holds the byte loses it, as in
    /// Hugging Face's tokenizers when a vocabulary lacks the byte and names no unknown token.
    public var byteTokenIDs: [UInt32?]
    /// The merges in the order of their rank: a smaller rank merges first.
    public var merges: [Merge]
    public var addedTokens: [AddedToken]
    public var normalizer: TextNormalizer
    public var preTokenizer: PreTokenizer
    /// A word that is itself a token becomes that token, whatever the merges say.
    public var ignoresMerges: Bool
    /// Each piece of text between added tokens gets a space in front unless it begins with one.
    public var addsPrefixSpace: Bool
    /// Ids put before the text when special tokens are asked for (Llama 3: begin of text).
    public var prefixIDs: [UInt32]
    /// Ids put after the text when special tokens are asked for.
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

    /// One token of the vocabulary or one added to it.
    public struct Token: Equatable, Sendable {
        /// What the token decodes to.
        public var bytes: ByteString
        /// A word of the text may be this token: it is in the model's own vocabulary and spelled in bytes.
        public var isWord: Bool

        public init(bytes: ByteString, isWord: Bool) {
            self.bytes = bytes
            self.isWord = isWord
        }
    }

    /// Two neighbouring tokens that become one.
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

    /// A token that is cut out of the text before anything else looks at it.
    public struct AddedToken: Equatable, Sendable {
        public var id: UInt32
        /// The text it is recognised by: UTF-8, 1 to `TokenizerTable.addedTokenByteLimit` bytes.
        public var content: [UInt8]
        public var options: AddedTokenOptions

        public init(id: UInt32, content: [UInt8], options: AddedTokenOptions) {
            self.id = id
            self.content = content
            self.options = options
        }
    }
}

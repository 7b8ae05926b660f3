import SkipFiles

/// A BPE tokenizer before it is compiled. The front end reads it from `tokenizer.json` or another file.
public struct TokenizerDefinition: Equatable, Sendable {
    /// The tokens; a token's index is its id.
    public var tokens: [Token]
    /// The tokens of the 256 single bytes. Nil in a model of bytes: encoding drops the byte, as in Hugging Face's
    /// tokenizers when a vocabulary lacks the byte and names no unknown token. Nil in a model of characters: characters
    /// with this byte are unknown.
    public var byteTokenIDs: [UInt32?]
    /// The merges in the order of their rank: a smaller rank merges first.
    public var merges: [Merge]
    public var addedTokens: [AddedToken]
    public var model: ModelKind
    public var normalization: [NormalizationStep]
    public var splitting: [SplittingStep]
    public var decoding: [DecodingStep]
    /// Whether a word that is itself a token becomes that token, whatever the merges say.
    public var ignoresMerges: Bool
    /// Ids that encoding adds before the text with `addSpecialTokens` (Llama 3: begin of text).
    public var prefixIDs: [UInt32]
    /// Ids that encoding adds after the text with `addSpecialTokens`.
    public var suffixIDs: [UInt32]

    public init(
        tokens: [Token], byteTokenIDs: [UInt32?], merges: [Merge], addedTokens: [AddedToken] = [],
        model: ModelKind = .bytes, normalization: [NormalizationStep] = [], splitting: [SplittingStep],
        decoding: [DecodingStep] = [.bytes], ignoresMerges: Bool = false, prefixIDs: [UInt32] = [],
        suffixIDs: [UInt32] = []
    ) {
        self.tokens = tokens
        self.byteTokenIDs = byteTokenIDs
        self.merges = merges
        self.addedTokens = addedTokens
        self.model = model
        self.normalization = normalization
        self.splitting = splitting
        self.decoding = decoding
        self.ignoresMerges = ignoresMerges
        self.prefixIDs = prefixIDs
        self.suffixIDs = suffixIDs
    }

    /// All steps in the order of the table.
    var steps: [TableStep] {
        normalization.map { TableStep($0) } + splitting.map { TableStep($0) } + decoding.map { TableStep($0) }
    }

    /// A token of the vocabulary, or an added token.
    public struct Token: Equatable, Sendable {
        /// The bytes of the token. In a model of bytes, they are the bytes that it decodes to; in a model of
        /// characters, its spelling in UTF-8, which the decoding steps change.
        public var bytes: ByteString
        /// Whether a word of the text may become this token: it is in the model's own vocabulary and, in a model of
        /// bytes, spelled in bytes.
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
        /// The text that it is recognised by, for the option `normalized` in normal form: UTF-8, 1 to
        /// `TokenizerTable.addedTokenByteLimit` bytes.
        public var content: [UInt8]
        public var options: AddedTokenOptions

        public init(id: UInt32, content: [UInt8], options: AddedTokenOptions) {
            self.id = id
            self.content = content
            self.options = options
        }
    }
}

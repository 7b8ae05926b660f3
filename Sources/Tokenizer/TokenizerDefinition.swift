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

/// How an added token is recognised. Raw values are those of the compiled table.
public struct AddedTokenOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Left out by decoding when special tokens are skipped; not recognised when they are not parsed.
    public static let special = AddedTokenOptions(rawValue: 1)
    /// Swallows the white space on its left.
    public static let stripsLeft = AddedTokenOptions(rawValue: 2)
    /// Swallows the white space on its right.
    public static let stripsRight = AddedTokenOptions(rawValue: 4)
    /// Recognised only if no word character touches it.
    public static let singleWord = AddedTokenOptions(rawValue: 8)
    /// Recognised in the normalized text, after those that are not.
    public static let normalized = AddedTokenOptions(rawValue: 16)

    static let all: AddedTokenOptions = [.special, .stripsLeft, .stripsRight, .singleWord, .normalized]
}

/// How text is cut into words before merging. Raw values are those of the compiled table.
public enum PreTokenizer: UInt8, Sendable, CaseIterable {
    /// GPT-2's pattern, the one built into Hugging Face's `ByteLevel`.
    case gpt2 = 1
    /// Llama 3's pattern (cl100k's as well): numbers in groups of at most three digits.
    case llama3 = 2
    /// Qwen 2's and 3's pattern: digits one by one.
    case qwen2 = 3
    /// SmolLM's first form: `Digits` one by one, then GPT-2's pattern between them.
    case digitsThenGPT2 = 4
    /// No pattern: a piece of text is one word.
    case none = 5
}

/// What is done to text before it is cut into words. Raw values are those of the compiled table.
public enum TextNormalizer: UInt8, Sendable, CaseIterable {
    case identity = 0
    /// Canonical composition as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
    case nfc = 1
}

extension TextNormalizer {
    /// The normal form of a text of UTF-8; bytes that are not UTF-8 become U+FFFD.
    public func normalized(_ text: [UInt8]) -> [UInt8] {
        let valid = UTF8Text.repaired(text)
        return self == .identity || CanonicalComposition.isPlain(valid.span)
            ? valid : CanonicalComposition.composed(valid.span)
    }
}

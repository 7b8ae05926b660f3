import SkipFiles
import SkipTokenizer

/// Makes a tokenizer of tiktoken's ranks and `tokenizer_config.json`.
///
/// The ranks do not say how a text is divided into words, so that only the files of known families are read. The merges
/// are those of Transformers' `TikTokenConverter`.
struct RankReader {
    private let words: [ByteString]
    private let family: RankFamily
    private let configuration: TokenizerConfiguration
    private let file: String

    init(_ words: [ByteString], _ configuration: TokenizerConfiguration, file: String) throws(InputError) {
        guard let family = RankFamily.families.first(where: { $0.rankCount == words.count }) else {
            let known = RankFamily.families.map { "\($0.rankCount) (\($0.name))" }.joined(separator: ", ")
            throw InputError(
                .tokenizerUnsupported, file: file, found: "\(words.count) ranks of an unknown tokenizer",
                required: "tokenizer.json, or ranks of a known one: \(known)")
        }
        self.init(words, family: family, configuration, file: file)
    }

    init(_ words: [ByteString], family: RankFamily, _ configuration: TokenizerConfiguration, file: String) {
        self.words = words
        self.family = family
        self.configuration = configuration
        self.file = file
    }

    func definition() throws(InputError) -> TokenizerDefinition {
        var tokens = words.map { TokenizerDefinition.Token(bytes: $0, isWord: true) }
        var added: [TokenizerDefinition.AddedToken] = []
        for token in try specialTokens() {
            guard token.id == tokens.count else {
                throw InputError(
                    .tokenizerTokenID, file: file, at: .field("added_tokens_decoder.\(token.id)"),
                    found: "id \(token.id) after \(tokens.count) tokens")
            }
            tokens.append(.init(bytes: token.content, isWord: false))
            let options = token.options.contains(.normalized)
            let content = options ? family.normalization.normalized(token.content.bytes) : token.content.bytes
            added.append(.init(id: UInt32(token.id), content: content, options: token.options))
        }
        var byteTokenIDs = [UInt32?](repeating: nil, count: 256)
        for (id, word) in words.enumerated() where word.count == 1 { byteTokenIDs[Int(word.bytes[0])] = UInt32(id) }
        return TokenizerDefinition(
            tokens: tokens, byteTokenIDs: byteTokenIDs, merges: merges(), addedTokens: added,
            normalization: family.normalization, splitting: [.pattern(family.pattern)], ignoresMerges: true,
            prefixIDs: try templateID(
                configuration.addsBOS ?? (family.bosToken != nil),
                configuration.bosToken ?? family.bosToken.map { ByteString($0) }),
            suffixIDs: try templateID(configuration.addsEOS ?? false, configuration.eosToken))
    }

    private func specialTokens() throws(InputError) -> [TokenizerConfiguration.Token] {
        if !configuration.tokens.isEmpty { return configuration.tokens }
        return family.specialTokens.enumerated().map { index, name in
            .init(id: words.count + index, content: ByteString(name), options: .special)
        }
    }

    private func templateID(_ isAdded: Bool, _ name: ByteString?) throws(InputError) -> [UInt32] {
        guard isAdded, let name else { return [] }
        guard let token = try specialTokens().first(where: { $0.content == name }) else {
            throw InputError(
                .tokenizerSpecialID, file: file, found: "\"\(name)\"", required: "a special token of the tokenizer")
        }
        return [UInt32(token.id)]
    }

    /// Returns the merges of each word in the order of the ranks; those of one word by the ranks of their parts.
    private func merges() -> [TokenizerDefinition.Merge] {
        let splits = SplitMerges(words.enumerated().map { ($1, UInt32($0)) })
        return words.enumerated().flatMap { id, word in
            splits.merges(of: word, id: UInt32(id), betweenCharacters: false)
                .sorted { ($0.left, $0.right) < ($1.left, $1.right) }
        }
    }
}

/// A tokenizer of which the ranks are published, with what the ranks do not say.
struct RankFamily {
    let name: String
    let rankCount: Int
    let pattern: WordPattern
    let normalization: [NormalizationStep]
    /// The special tokens without `tokenizer_config.json`; their ids follow the ranks.
    let specialTokens: [String]
    /// The token that begins every text.
    let bosToken: String?

    static let families = [llama3, qwen]

    private static let llama3 = RankFamily(
        name: "Llama 3", rankCount: 128_000, pattern: .llama3, normalization: [],
        specialTokens: [
            "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
            "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
            "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
        ] + (3...247).map { "<|reserved_special_token_\($0)|>" },
        bosToken: "<|begin_of_text|>")

    private static let qwen = RankFamily(
        name: "Qwen", rankCount: 151_643, pattern: .qwen2, normalization: [.nfc],
        specialTokens: ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0...204).map { "<|extra_\($0)|>" },
        bosToken: nil)
}

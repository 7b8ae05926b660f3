import SkipFiles
import SkipTokenizer

/// The parts of `tokenizer_config.json` that a tokenizer without `tokenizer.json` needs.
struct TokenizerConfiguration {
    /// A token of `added_tokens_decoder`.
    struct Token {
        let id: Int
        let content: ByteString
        let options: AddedTokenOptions
    }

    private(set) var addsBOS: Bool?
    private(set) var addsEOS: Bool?
    private(set) var bosToken: ByteString?
    private(set) var eosToken: ByteString?
    private(set) var addsPrefixSpace: Bool?
    /// Whether a prefix is also added after special tokens. The default is that of Transformers.
    private(set) var isLegacy = true
    /// The tokens of `added_tokens_decoder`, by id.
    private(set) var tokens: [Token] = []

    init() {}

    /// Reads the file beside a tokenizer. A file that does not exist changes nothing.
    init(besideFile path: String) throws(InputError) {
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let prefix = path.contains("/") ? directory + "/" : ""
        let file = prefix + "tokenizer_config.json"
        if try FileProbe.exists(file) {
            try read(RecognizedJSON.object(file, syntaxRule: .tokenizerSyntax), file: file)
        }
        let added = prefix + "added_tokens.json"
        if try FileProbe.exists(added) {
            try checkAddedTokens(RecognizedJSON.object(added, syntaxRule: .tokenizerSyntax), file: added)
        }
    }

    /// Reads the object of a file. Errors contain `file` as its name.
    init(_ object: JSONObject, file: String) throws(InputError) { try read(object, file: file) }

    private mutating func read(_ object: JSONObject, file: String) throws(InputError) {
        let root = ConfigReader(
            file: file, object: object, fieldRule: .tokenizerField, memberRule: .tokenizerUnsupported)
        addsBOS = try Self.boolean(root, "add_bos_token")
        addsEOS = try Self.boolean(root, "add_eos_token")
        addsPrefixSpace = try Self.boolean(root, "add_prefix_space")
        isLegacy = try root.boolean("legacy", default: true)
        bosToken = try Self.token(root, "bos_token")
        eosToken = try Self.token(root, "eos_token")
        guard let decoder = try root.section("added_tokens_decoder") else { return }
        for member in decoder.object.members {
            guard let id = Int(member.key.description), (0..<TokenizerReader.tokenLimit).contains(id),
                case .object(let fields) = member.value
            else { throw decoder.error(.tokenizerTokenID, "\(member.key)", found: "no token id and its token") }
            let reader = decoder.nested(fields, "\(member.key)")
            let content = try AddedTokenReader.content(reader)
            tokens.append(Token(id: id, content: content, options: try AddedTokenReader.options(reader)))
        }
        tokens.sort { $0.id < $1.id }
        var contents: Set<ByteString> = []
        for (index, token) in tokens.enumerated() {
            let isRepeated = index > 0 && tokens[index - 1].id == token.id
            guard contents.insert(token.content).inserted, !isRepeated else {
                throw decoder.error(
                    .tokenizerAddedToken, "\(token.id)", found: "\"\(token.content)\" for the second time")
            }
        }
    }

    /// Checks that each token of `added_tokens.json`, which has no options, is also in `added_tokens_decoder`.
    private func checkAddedTokens(_ object: JSONObject, file: String) throws(InputError) {
        let known = Set(tokens.map(\.content))
        for member in object.members where !known.contains(member.key) {
            throw InputError(
                .tokenizerUnsupported, file: file, at: .field("\(member.key)"), found: "a token without options",
                required: "added_tokens_decoder of tokenizer_config.json with this token")
        }
    }

    private static func boolean(_ reader: ConfigReader, _ key: String) throws(InputError) -> Bool? {
        reader.value(key) == nil ? nil : try reader.boolean(key, default: false)
    }

    /// Returns a token that is a string, or an object with its content.
    private static func token(_ reader: ConfigReader, _ key: String) throws(InputError) -> ByteString? {
        guard case .object? = reader.value(key) else { return try reader.string(key) }
        return try reader.section(key)?.string("content")
    }
}

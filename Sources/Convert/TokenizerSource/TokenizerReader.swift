import SkipFiles
import SkipTokenizer

/// Reads `tokenizer.json`, as Hugging Face's tokenizers write it, into a definition that can be compiled.
///
/// What the compiled form cannot express exactly is refused, with the name of what it is. `truncation` and `padding`
/// are not read: they are about batches, not about text.
public struct TokenizerReader {
    /// The largest `tokenizer.json`, in bytes.
    public static let byteLimit = 256 << 20
    /// The largest vocabulary, in tokens.
    public static let tokenLimit = 1 << 24

    private let root: ConfigReader

    /// Reads a file.
    public static func definition(path: String) throws(InputError) -> TokenizerDefinition {
        try definition(
            file: path,
            object: JSONFile.object(path, syntaxRule: .tokenizerSyntax, byteLimit: byteLimit))
    }

    /// Reads the bytes of a file; `file` names it in errors.
    public static func definition(json: [UInt8], file: String) throws(InputError) -> TokenizerDefinition {
        try definition(file: file, object: JSONFile.object(json, file: file, syntaxRule: .tokenizerSyntax))
    }

    private static func definition(file: String, object: JSONObject) throws(InputError) -> TokenizerDefinition {
        let reader = TokenizerReader(root: ConfigReader(file: file, object: object, fieldRule: .tokenizerField))
        return try reader.definition()
    }

    private func definition() throws(InputError) -> TokenizerDefinition {
        try root.refuseOtherMembers(than: [
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
            "decoder", "model",
        ])
        let version = try root.string("version")
        guard version == nil || version == "1.0" else {
            throw root.error(
                .tokenizerUnsupported, "version", found: "\"\(version ?? "")\"", required: "\"1.0\"")
        }
        let normalizer = try TextStepReader.normalizer(root)
        let words = try TextStepReader.preTokenizer(root)
        try TextStepReader.checkDecoder(root)
        let model = try VocabularyReader(root)
        let vocabulary = try model.vocabulary()
        let added = try AddedTokenReader(root, vocabulary: vocabulary, normalizer: normalizer).addedTokens()
        let tokens = try vocabulary.tokens(with: added)
        let template = try TemplateReader.template(root, tokenCount: tokens.count)
        return TokenizerDefinition(
            tokens: tokens, byteTokenIDs: try model.byteTokenIDs(vocabulary),
            merges: try model.merges(vocabulary, tokens: tokens),
            addedTokens: added, normalizer: normalizer, preTokenizer: words.preTokenizer,
            ignoresMerges: try model.ignoresMerges(), addsPrefixSpace: words.addsPrefixSpace,
            prefixIDs: template.prefixIDs, suffixIDs: template.suffixIDs)
    }
}

extension ConfigReader {
    /// Throws if the object has a member that the reader does not know: it could change what the tokenizer does.
    func refuseOtherMembers(than known: [ByteString]) throws(InputError) {
        for member in object.members where !known.contains(member.key) {
            throw error(.tokenizerUnsupported, "\(member.key)", found: "a member of unknown meaning")
        }
    }

    /// The elements of an array of objects.
    func objects(_ key: String) throws(InputError) -> [ConfigReader] {
        guard let value = value(key) else { return [] }
        guard case .array(let elements) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "an array")
        }
        var readers: [ConfigReader] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let object) = element else {
                throw error(fieldRule, "\(key)[\(index)]", found: element.kindName, required: "an object")
            }
            readers.append(
                ConfigReader(file: file, path: "\(path)\(key)[\(index)].", object: object, fieldRule: fieldRule))
        }
        return readers
    }

    /// A field that must be there.
    func required<Value>(_ key: String, _ value: Value?, _ kind: String) throws(InputError) -> Value {
        guard let value else { throw error(fieldRule, key, found: "nothing", required: kind) }
        return value
    }

    func requiredBoolean(_ key: String) throws(InputError) -> Bool {
        _ = try required(key, value(key), "true or false")
        return try boolean(key, default: false)
    }
}

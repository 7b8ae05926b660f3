import SkipFiles
import SkipTokenizer

/// Reads `tokenizer.json`, which Hugging Face's tokenizers write, into a definition that can be compiled.
///
/// A feature that the compiled form cannot represent exactly is refused by its name. `truncation` and `padding` are
/// ignored, because they affect only batches.
struct TokenizerReader {
    /// The largest `tokenizer.json`, in bytes.
    static let byteLimit = 256 << 20
    /// The largest vocabulary, in tokens.
    static let tokenLimit = 1 << 24

    private let root: ConfigReader

    /// Reads a file.
    static func definition(path: String) throws(InputError) -> TokenizerDefinition {
        let object = try RecognizedJSON.object(path, syntaxRule: .tokenizerSyntax, byteLimit: byteLimit)
        return try definition(object, file: path)
    }

    /// Reads the object of a file. Errors contain `file` as its name.
    static func definition(_ object: JSONObject, file: String) throws(InputError) -> TokenizerDefinition {
        let reader = TokenizerReader(
            root: ConfigReader(
                file: file, object: object, fieldRule: .tokenizerField, memberRule: .tokenizerUnsupported))
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
        // The kind of the model says most about the file, so it is checked first.
        let model = try VocabularyReader(root)
        let normalizer = try TextStepReader.normalizer(root)
        let words = try TextStepReader.preTokenizer(root)
        try TextStepReader.checkDecoder(root)
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

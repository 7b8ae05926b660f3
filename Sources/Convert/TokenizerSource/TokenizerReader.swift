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
        let normalization = try NormalizationReader.steps(root)
        let splitting = try SplittingReader(root)
        let decoding = try DecodingReader.steps(root, isByteLevel: splitting.isByteLevel)
        try model.checkSymbols(areBytes: splitting.isByteLevel)
        let vocabulary = try model.vocabulary(isByteLevel: splitting.isByteLevel)
        let added = try AddedTokenReader(root, vocabulary: vocabulary, normalization: normalization).addedTokens()
        let tokens = try vocabulary.tokens(with: added)
        let template = try TemplateReader.template(root, tokenCount: tokens.count)
        let symbols = try splitting.isByteLevel ? model.bytes(vocabulary) : model.characters(vocabulary)
        var definition = TokenizerDefinition(
            tokens: tokens, byteTokenIDs: symbols.byteTokenIDs, merges: try model.merges(vocabulary, tokens: tokens),
            addedTokens: added.map(\.token), model: symbols.kind, normalization: normalization,
            splitting: splitting.steps(after: normalization), decoding: decoding,
            ignoresMerges: try model.ignoresMerges(), prefixIDs: template.prefixIDs, suffixIDs: template.suffixIDs)
        try UserDefinedPieces.add(splitting.pieces, to: &definition, vocabulary, root)
        return definition.dividedAtSpaceMarks()
    }
}

import SkipFiles
import SkipTokenizer

/// A file that contains a tokenizer, by its name.
enum TokenizerFile {
    /// Returns the tokenizer of a file: of `*.tiktoken` and `*.model` files with the `tokenizer_config.json` beside
    /// them, of any other file as `tokenizer.json`.
    static func definition(path: String) throws(InputError) -> TokenizerDefinition {
        let name = path.split(separator: "/").last ?? ""
        guard name.hasSuffix(".tiktoken") || name.hasSuffix(".model") || name.contains(".model.") else {
            return try TokenizerReader.definition(path: path)
        }
        let file = try InputFile(opening: path)
        guard file.byteCount <= SentencePieceModel.byteLimit else {
            throw InputError(
                .tokenizerTooLarge, file: path, found: "\(file.byteCount) bytes",
                required: "at most \(SentencePieceModel.byteLimit)")
        }
        let bytes = try file.bytes(0..<file.byteCount)
        return try definition(bytes, TokenizerConfiguration(besideFile: path), file: path)
    }

    /// Returns the tokenizer of a SentencePiece model or of tiktoken's ranks. Errors contain `file` as its name.
    static func definition(
        _ bytes: [UInt8], _ configuration: TokenizerConfiguration, file: String
    ) throws(InputError) -> TokenizerDefinition {
        // A model begins with the key of its first piece; no line of ranks begins with this byte.
        if bytes.first == 0x0A {
            return try SentencePieceReader(SentencePieceModel(bytes, file: file), configuration, file: file)
                .definition()
        }
        return try RankReader(RankFile.tokens(bytes, file: file), configuration, file: file).definition()
    }
}

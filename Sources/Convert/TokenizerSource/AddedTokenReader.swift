import SkipFiles
import SkipTokenizer

/// Reads `added_tokens` of `tokenizer.json`.
struct AddedTokenReader {
    private let root: ConfigReader
    private let vocabulary: Vocabulary
    private let normalization: [NormalizationStep]

    init(_ root: ConfigReader, vocabulary: Vocabulary, normalization: [NormalizationStep]) {
        self.root = root
        self.vocabulary = vocabulary
        self.normalization = normalization
    }

    /// An added token and its spelling in the file, which is not its content if the normalizer changes that.
    struct NamedToken {
        let spelling: ByteString
        let token: TokenizerDefinition.AddedToken
    }

    /// Returns the added tokens in the order of the file.
    ///
    /// Hugging Face's loader ignores the ids in the file. It uses the vocabulary's id for a token of the vocabulary,
    /// and numbers the other tokens after the vocabulary in the order of the file. A file with other ids is refused.
    func addedTokens() throws(InputError) -> [NamedToken] {
        var tokens: [NamedToken] = []
        var seen: Set<ByteString> = []
        var seenNormalized: Set<ByteString> = []
        var nextID = vocabulary.count
        for reader in try root.objects("added_tokens") {
            try reader.refuseOtherMembers(than: [
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ])
            let content = try Self.content(reader)
            guard seen.insert(content).inserted else {
                throw reader.error(.tokenizerAddedToken, "content", found: "\"\(content)\" for the second time")
            }
            let expectedID = vocabulary.id(of: content).map { Int($0) } ?? nextID
            let id = try self.id(reader)
            guard id == expectedID else {
                throw reader.error(
                    .tokenizerTokenID, "id", found: "\(id) for \"\(content)\"",
                    required: "\(expectedID), which follows from the vocabulary")
            }
            if vocabulary.id(of: content) == nil { nextID += 1 }
            let options = try Self.options(reader)
            var recognized = content.bytes
            if options.contains(.normalized) {
                recognized = try normalized(content, reader)
                guard seenNormalized.insert(ByteString(bytes: recognized)).inserted else {
                    throw reader.error(
                        .tokenizerAddedToken, "content",
                        found: "\"\(content)\", whose normal form is that of another token")
                }
            }
            tokens.append(
                NamedToken(spelling: content, token: .init(id: UInt32(id), content: recognized, options: options)))
        }
        return tokens
    }

    /// Returns the normal form of a content, by which the token is recognised in a normalized text.
    private func normalized(_ content: ByteString, _ reader: ConfigReader) throws(InputError) -> [UInt8] {
        let bytes = normalization.normalized(content.bytes)
        guard (1...TokenizerTable.addedTokenByteLimit).contains(bytes.count) else {
            throw reader.error(
                .tokenizerAddedToken, "content", found: "a normal form of \(bytes.count) bytes",
                required: "1 to \(TokenizerTable.addedTokenByteLimit)")
        }
        return bytes
    }

    private func id(_ reader: ConfigReader) throws(InputError) -> Int {
        let value = try reader.required("id", reader.value("id"), "an integer")
        guard case .number(let number) = value, let id = number.integer, id >= 0, id < TokenizerReader.tokenLimit else {
            throw reader.error(
                .tokenizerTokenID, "id", found: value.shortText,
                required: "an integer from 0 to \(TokenizerReader.tokenLimit - 1)")
        }
        return id
    }

    /// Returns the text of a token.
    static func content(_ reader: ConfigReader) throws(InputError) -> ByteString {
        let content = try reader.required("content", reader.string("content"), "a string")
        if content.bytes.isEmpty {
            throw reader.error(.tokenizerAddedToken, "content", found: "an empty string", required: "a text")
        }
        guard content.bytes.count <= TokenizerTable.addedTokenByteLimit else {
            throw reader.error(
                .tokenizerTooLarge, "content", found: "\(content.bytes.count) bytes",
                required: "at most \(TokenizerTable.addedTokenByteLimit)")
        }
        return content
    }

    /// Returns the flags of a token.
    static func options(_ reader: ConfigReader) throws(InputError) -> AddedTokenOptions {
        var options: AddedTokenOptions = []
        if try reader.requiredBoolean("special") { options.insert(.special) }
        if try reader.requiredBoolean("lstrip") { options.insert(.stripsLeft) }
        if try reader.requiredBoolean("rstrip") { options.insert(.stripsRight) }
        if try reader.requiredBoolean("single_word") { options.insert(.singleWord) }
        if try reader.requiredBoolean("normalized") { options.insert(.normalized) }
        return options
    }
}

import SkipFiles
import SkipTokenizer

/// Reads `added_tokens` of `tokenizer.json`.
struct AddedTokenReader {
    private let root: ConfigReader
    private let vocabulary: Vocabulary
    private let normalizer: TextNormalizer

    init(_ root: ConfigReader, vocabulary: Vocabulary, normalizer: TextNormalizer) {
        self.root = root
        self.vocabulary = vocabulary
        self.normalizer = normalizer
    }

    /// Returns the added tokens in the order of the file.
    ///
    /// Hugging Face's loader ignores the ids in the file. It uses the vocabulary's id for a token of the vocabulary,
    /// and numbers the other tokens after the vocabulary in the order of the file. A file with other ids is refused.
    func addedTokens() throws(InputError) -> [TokenizerDefinition.AddedToken] {
        var tokens: [TokenizerDefinition.AddedToken] = []
        var seen: Set<ByteString> = []
        var nextID = vocabulary.count
        for reader in try root.objects("added_tokens") {
            try reader.refuseOtherMembers(than: [
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ])
            let content = try self.content(reader)
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
            let options = try self.options(reader)
            if options.contains(.normalized), normalizer.normalized(content.bytes) != content.bytes {
                throw reader.error(
                    .tokenizerUnsupported, "content", found: "\"\(content)\", which the normalizer changes",
                    required: "a text that the normalizer does not change")
            }
            tokens.append(TokenizerDefinition.AddedToken(id: UInt32(id), content: content.bytes, options: options))
        }
        return tokens
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

    private func content(_ reader: ConfigReader) throws(InputError) -> ByteString {
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

    private func options(_ reader: ConfigReader) throws(InputError) -> AddedTokenOptions {
        var options: AddedTokenOptions = []
        if try reader.requiredBoolean("special") { options.insert(.special) }
        if try reader.requiredBoolean("lstrip") { options.insert(.stripsLeft) }
        if try reader.requiredBoolean("rstrip") { options.insert(.stripsRight) }
        if try reader.requiredBoolean("single_word") { options.insert(.singleWord) }
        if try reader.requiredBoolean("normalized") { options.insert(.normalized) }
        return options
    }
}

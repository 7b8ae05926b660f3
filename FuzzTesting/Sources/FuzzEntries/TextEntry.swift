import SkipFiles

@testable import SkipConvert
@testable import SkipTokenizer

/// Encodes arbitrary bytes with a tokenizer that the first byte selects, and decodes them as ids.
///
/// With tokenizers that represent every byte, decoding returns the text. Returns the ids of the text, which Hugging
/// Face's tokenizers also compute.
enum TextEntry {
    /// The fixtures; those whose decoding returns the encoded text come first.
    static let names = [
        "gpt2", "llama3", "digits", "qwen2", "deepseek", "o200k", "tekken", "llama2", "gemma", "added", "prefix-space",
        "unknown", "mistral", "phi3", "unknown-bytes", "metaspace", "generic", "pieces",
    ]
    private static let exactCount = 9

    private static let tokenizers: [CompiledTokenizer] = {
        // #filePath has four components after the root, through the link in Tests as well.
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        return names.map { name in
            let path = root + "/Tests/Fixtures/tokenizers/\(name).tokenizer.json"
            guard let definition = try? TokenizerReader.definition(path: path),
                let table = try? TokenizerTable.encode(definition)
            else { preconditionFailure("no tokenizer \(path)") }
            // SAFETY: the copy is never freed, and it is as long as the table.
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: table.count, alignment: 64)
            unsafe bytes.copyBytes(from: table)
            guard let tokenizer = try? unsafe CompiledTokenizer(validating: UnsafeRawBufferPointer(bytes)) else {
                preconditionFailure("no table of \(path)")
            }
            return tokenizer
        }
    }()

    static func examine(_ bytes: [UInt8]) throws -> String {
        let choice = Int(bytes.first ?? 0) % names.count
        let text = Array(bytes.dropFirst())
        let tokenizer = tokenizers[choice]
        let otherIDs = stride(from: 0, to: text.count - 1, by: 2).map { UInt32(text[$0]) | UInt32(text[$0 + 1]) << 8 }
        if choice < exactCount {
            let ids = tokenizer.encode(text, addSpecialTokens: false, parseSpecialTokens: false)
            let repaired = UTF8Text.repaired(text)
            // A SentencePiece tokenizer does not distinguish its mark from a space.
            let expected =
                tokenizer.model == .bytes
                ? tokenizer.normalization.normalized(repaired)
                : TextReplacement.replacing(Array("\u{2581}".utf8), with: [UInt8(ascii: " ")], in: repaired)
            try require(tokenizer.decode(ids, skipSpecialTokens: false) == expected, "decoding returns the text")
        }
        return try tokenizer.checkProperties(text, otherIDs: otherIDs).map { "\($0)" }.joined(separator: " ")
    }
}

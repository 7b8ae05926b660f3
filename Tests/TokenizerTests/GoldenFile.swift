import TestSupport

@testable import SkipConvert
@testable import SkipFiles
@testable import SkipTokenizer

/// The results of Hugging Face's tokenizers for difficult text, recorded by `Scripts/make_tokenizer_goldens.py`.
struct GoldenFile {
    struct Case {
        /// Nil: the case tests decoding only.
        var text: [UInt8]?
        var addsSpecialTokens = false
        var parsesSpecialTokens = true
        var ids: [UInt32]
        var decoded: [UInt8]
        /// Decoded without special tokens.
        var skipped: [UInt8]
    }

    let cases: [Case]

    init(_ name: String) throws {
        let bytes = try Self.read(RepositoryPaths.fixture("tokenizers/\(name).golden.json"))
        guard case .array(let elements) = try JSONReader.parse(bytes) else { throw MalformedGolden() }
        cases = try elements.map { element in
            guard case .object(let object) = element else { throw MalformedGolden() }
            return try Self.goldenCase(object)
        }
    }

    private static func goldenCase(_ object: JSONObject) throws -> Case {
        let raw = try string(object, "hex").map(bytes(hexadecimal:))
        let text = try raw ?? string(object, "text")
        guard case .array(let ids)? = object["ids"] else { throw MalformedGolden() }
        // The script encoded bytes that are not UTF-8 as U+FFFD.
        let valid = text.map { Array(String(decoding: $0, as: UTF8.self).utf8) }
        guard let decoded = try string(object, "decoded") ?? valid else { throw MalformedGolden() }
        return Case(
            text: text, addsSpecialTokens: object["add"] == .bool(true),
            parsesSpecialTokens: object["parse"] == .bool(true),
            ids: try ids.map { element in
                guard case .number(let number) = element, let id = number.integer else { throw MalformedGolden() }
                return UInt32(id)
            },
            decoded: decoded, skipped: try string(object, "skipped") ?? decoded)
    }

    private static func string(_ object: JSONObject, _ key: ByteString) throws -> [UInt8]? {
        switch object[key] {
        case .string(let string): string.bytes
        case nil: nil
        default: throw MalformedGolden()
        }
    }

    private static func bytes(hexadecimal digits: [UInt8]) -> [UInt8] {
        stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = try InputFile(opening: path)
        return try file.bytes(0..<file.byteCount)
    }

    struct MalformedGolden: Error {}
}

/// Compiles a `tokenizer.json` and calls `body` with the tokenizer, which must not leave `body`.
func withTokenizer<Result>(path: String, _ body: (CompiledTokenizer) throws -> Result) throws -> Result {
    try withTokenizer(TokenizerReader.definition(path: path), body)
}

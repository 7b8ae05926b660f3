import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles
@testable import SkipTokenizer

/// Compares real vocabularies with Hugging Face's tokenizers, if SKIPC_VOCABULARIES names the folder that
/// `Scripts/make_vocabulary_goldens.py` fills. A debug build takes several minutes. The vocabularies are not in the
/// repository because of their licenses.
@Suite("Real vocabularies", .enabled(if: VocabularyFolder.path != nil))
struct RealVocabularyTests {
    private struct Texts: Decodable {
        let texts: [String]
        /// A text and the number of its repetitions.
        let long: [LongText]
    }

    private struct LongText: Decodable {
        let text: String
        let count: Int

        init(from decoder: Decoder) throws {
            var container = try decoder.unkeyedContainer()
            text = try container.decode(String.self)
            count = try container.decode(Int.self)
        }
    }

    private struct Golden: Decodable {
        let texts: [Case]
        let random: [Case]
        let long: [Long]
    }

    private struct Case: Decodable {
        let ids: [UInt32]
        /// Hashes of the decoded text, with and without special tokens.
        let decoded: [String]
    }

    private struct Long: Decodable {
        let count: Int
        let hash: String
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let path = RepositoryPaths.fixture("tokenizers/vocabularies/\(name).json")
        return try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The 64-bit FNV-1a hash of numbers of four bytes or of one byte, in hexadecimal.
    private static func hash<Number: FixedWidthInteger>(_ numbers: [Number]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for number in numbers {
            var rest = UInt64(number)
            for _ in 0..<Number.bitWidth / 8 {
                value = (value ^ rest & 0xFF) &* 0x100_0000_01B3
                rest >>= 8
            }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test(
        "Ids, decoded text and streams are equal",
        arguments: [
            "mistral-v1", "mistral-v2", "mistral-v3", "llama-class-v1", "llama-class-v3", "llama3", "qwen", "gemma3",
        ])
    func agrees(_ name: String) throws {
        let directory = try #require(VocabularyFolder.path) + "/" + name
        let texts = try Self.read(Texts.self, "texts")
        let golden = try Self.read(Golden.self, name)
        #expect(texts.texts.count >= 500 && golden.texts.count == texts.texts.count)
        var fileCount = 0
        for file in ["tokenizer.json", "tokenizer.model", "qwen.tiktoken"] {
            let path = directory + "/" + file
            guard FileManager.default.fileExists(atPath: path) else { continue }
            fileCount += 1
            try withTokenizer(TokenizerFile.definition(path: path)) { tokenizer in
                for (index, (text, golden)) in zip(texts.texts, golden.texts).enumerated() {
                    let ids = tokenizer.encode(text, addSpecialTokens: false, parseSpecialTokens: index % 3 != 2)
                    #expect(ids == golden.ids, "\(file): \(text.debugDescription)")
                }
                for golden in golden.texts + golden.random { try expectDecoding(golden, tokenizer) }
                for (text, golden) in zip(texts.long, golden.long) {
                    let repeated = String(repeating: text.text, count: text.count)
                    let ids = tokenizer.encode(repeated, addSpecialTokens: false)
                    #expect(ids.count == golden.count && Self.hash(ids) == golden.hash, "\(file): \(text.text)")
                }
            }
        }
        #expect(fileCount > 0)
    }

    private func expectDecoding(_ golden: Case, _ tokenizer: CompiledTokenizer) throws {
        for (skips, hash) in zip([false, true], golden.decoded) {
            let decoded = tokenizer.decode(golden.ids, skipSpecialTokens: skips)
            #expect(Self.hash(decoded) == hash, "\(golden.ids)")
            var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: skips)
            #expect(golden.ids.flatMap { decoder.append($0) } + decoder.finish() == decoded, "\(golden.ids)")
        }
    }
}

private enum VocabularyFolder {
    static let path = ProcessInfo.processInfo.environment["SKIPC_VOCABULARIES"]
}

import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipTokenizer

@Suite("Agreement with Hugging Face's tokenizers")
struct GoldenTests {
    /// The tokenizers in the fixtures and that of the bundled example.
    static let names = [
        "bard", "gpt2", "llama3", "qwen2", "digits", "added", "prefix-space", "unknown", "deepseek", "o200k", "tekken",
        "llama2", "mistral", "phi3", "gemma", "unknown-bytes", "metaspace", "generic", "pieces",
    ]

    private static func path(_ name: String) -> String {
        name == "bard"
            ? RepositoryPaths.bard + "/tokenizer.json" : RepositoryPaths.fixture("tokenizers/\(name).tokenizer.json")
    }

    @Test("Encoding returns the same ids", arguments: names)
    func encodes(_ name: String) throws {
        let golden = try GoldenFile(name)
        #expect(golden.cases.count > 40)
        try withTokenizer(path: Self.path(name)) { tokenizer in
            for golden in golden.cases {
                guard let text = golden.text else { continue }
                let ids = tokenizer.encode(
                    text, addSpecialTokens: golden.addsSpecialTokens, parseSpecialTokens: golden.parsesSpecialTokens)
                #expect(ids == golden.ids, "\(ByteString(bytes: text))")
            }
        }
    }

    @Test("Decoding returns the same text, at once and in a stream", arguments: names)
    func decodes(_ name: String) throws {
        let golden = try GoldenFile(name)
        try withTokenizer(path: Self.path(name)) { tokenizer in
            for golden in golden.cases {
                #expect(tokenizer.decode(golden.ids, skipSpecialTokens: false) == golden.decoded)
                #expect(tokenizer.decode(golden.ids, skipSpecialTokens: true) == golden.skipped)
                var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: false)
                var streamed = golden.ids.flatMap { decoder.append($0) }
                streamed += decoder.finish()
                #expect(streamed == golden.decoded)
            }
        }
    }

    @Test("A string is encoded as its UTF-8")
    func encodesStrings() throws {
        try withTokenizer(path: Self.path("bard")) { tokenizer in
            let prompt = "ROMEO.\nWhat light is this that"
            // The prompt of Examples/bard/reference-greedy.json.
            #expect(tokenizer.encode(prompt) == [565, 45, 37, 47, 14, 199, 472, 365, 355, 324, 360, 329])
            #expect(tokenizer.encode(Array(prompt.utf8)) == tokenizer.encode(prompt))
            #expect(tokenizer.vocabularySize == 1024)
        }
    }
}

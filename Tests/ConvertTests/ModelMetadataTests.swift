import SkipModel
import TestSupport
import Testing

@testable import SkipConvert

/// The facts that a checkpoint's files state about the model.
@Suite struct ModelMetadataTests {
    private func facts(_ files: [String: String], in path: String = "model") throws -> [String: String] {
        let directory = try TemporaryDirectory()
        var made = ""
        for component in path.split(separator: "/") {
            made += (made.isEmpty ? "" : "/") + String(component)
            try directory.makeDirectory(made)
        }
        for (name, text) in files { try directory.write(text, to: path + "/" + name) }
        let metadata = try ModelMetadata(directory: directory.file(path))
        #expect(metadata.chatTemplate == nil)
        return Dictionary(uniqueKeysWithValues: metadata.entries.map { ($0.key, $0.value) })
    }

    @Test func aDirectoryWithoutFactsRecordsNothing() throws {
        #expect(try facts([:]).isEmpty)
        #expect(try facts(["README.md": "# A model\n---\nlicense: mit\n---\n", "config.json": "{}"]).isEmpty)
        #expect(try facts(["generation_config.json": #"{"eos_token_id": 1, "use_cache": true}"#]).isEmpty)
    }

    @Test func theFrontMatterOfAModelCardIsRead() throws {
        let card = """
            ---
            language:
            - en
            license: other # see LICENSE
            license_name: "Tiny License: 1.0"
            model_name: 'Tiny'
            base_model:
              - someone/base-a
              - someone/base-b
            tags: [a, b]
            model-index:
              - name: not-this
                license: nor-this
            ---
            license: nor-this
            """
        let expected = [
            "model.name": "Tiny", "model.license": "Tiny License: 1.0", "model.base": "someone/base-a, someone/base-b",
        ]
        #expect(try facts(["README.md": card]) == expected)
        let windows = String(card.flatMap { $0 == "\n" ? "\r\n" : String($0) })
        #expect(try facts(["README.md": windows]) == expected)
    }

    @Test(
        "Front matter in other forms of YAML records nothing",
        arguments: [
            "---\nlicense: mit\n", "---\nlicense: [mit]\n---\n", "---\n license: mit\n---\n", "---\nlicense:mit\n---\n",
            "---\nlicense: |\n  mit\n---\n", "---\nlicense: \"m\\u0069t\"\n---\n", "---\nlicense: \"mit\n---\n",
            "---\nlicense: null\n---\n", "---\nlicense: m\u{1B}[31mit\n---\n", "\n---\nlicense: mit\n---\n",
            "---\nlicense: " + String(repeating: "m", count: 257) + "\n---\n",
            "---\n" + String(repeating: "#\n", count: 33_000)
                + "license: mit\n---\n",
        ])
    func otherFormsAreSkipped(_ card: String) throws {
        #expect(try facts(["README.md": card]).isEmpty)
    }

    @Test func theConfigurationNamesTheRepository() throws {
        func name(_ value: String) throws -> [String: String] {
            try facts(["config.json": "{\"_name_or_path\": \(value)}"])
        }
        #expect(try name("\"someone/tiny-1.0\"") == ["model.name": "tiny-1.0", "model.source": "someone/tiny-1.0"])
        #expect(try name("\"tiny\"") == ["model.name": "tiny"])
        for other in ["\"/home/someone/tiny\"", "\"./tiny\"", "\"a/b/c\"", "\"a b\"", "\"\"", "7", "null"] {
            #expect(try name(other).isEmpty)
        }
    }

    @Test func theHubsCacheNamesRepositoryAndRevision() throws {
        let revision = "0123456789abcdef0123456789abcdef01234567"
        let path = "hub/models--some-one--tiny--1.0/snapshots/" + revision
        let config = ["config.json": #"{"_name_or_path": "other/name"}"#]
        #expect(
            try facts(config, in: path) == [
                "model.name": "tiny--1.0", "model.source": "some-one/tiny--1.0", "model.revision": revision,
            ])
        #expect(HubPath("/c/models--gpt2/snapshots/0123456")?.repository == "gpt2")
        for other in [
            "/c/models--a--b/snapshots/main", "/c/models--a--b/0123456", "/c/datasets--a--b/snapshots/0123456",
            "/c/models--/snapshots/0123456", "/c/models--a--b/snapshots/0123456/sub", "",
        ] { #expect(HubPath(other) == nil) }
    }

    @Test func generationDefaultsAreRead() throws {
        let all = #"""
            {"do_sample": true, "temperature": 0.6, "top_p": 0.9, "top_k": 50, "min_p": 0, "repetition_penalty": 1.05}
            """#
        let found = try facts(["generation_config.json": all])
        #expect(
            found == [
                "generation.do-sample": "true", "generation.temperature": "0.6", "generation.top-p": "0.9",
                "generation.top-k": "50", "generation.min-p": "0.0", "generation.repetition-penalty": "1.05",
            ])
        let defaults = GenerationDefaults(found.map { ProvenanceEntry($0.key, $0.value) })
        #expect(defaults.samples == true && defaults.temperature == 0.6 && defaults.topProbability == 0.9)
        #expect(defaults.topCount == 50 && defaults.minimumProbability == 0 && defaults.repetitionPenalty == 1.05)
        #expect(defaults.effectiveTemperature == 0.6)
        let wrong = #"""
            {"do_sample": 1, "temperature": -1, "top_p": 1.5, "top_k": 2.5, "min_p": "0.1", "repetition_penalty": 0}
            """#
        #expect(try facts(["generation_config.json": wrong]).isEmpty)
    }

    @Test func withoutSamplingTheMostProbableTokenIsTaken() {
        func defaults(_ facts: [(String, String)]) -> GenerationDefaults {
            GenerationDefaults(facts.map { ProvenanceEntry($0.0, $0.1) })
        }
        #expect(defaults([]).isEmpty && defaults([("generation.temperature", "hot")]).isEmpty)
        #expect(defaults([("generation.temperature", "0.7")]).effectiveTemperature == 0)
        #expect(defaults([("generation.do-sample", "true")]).effectiveTemperature == 1)
        #expect(
            defaults([("generation.do-sample", "false"), ("generation.temperature", "2")]).effectiveTemperature == 0)
    }

    @Test func theChatTemplateIsThatOfTransformers() throws {
        func template(_ files: [String: String]) throws -> String? {
            let directory = try TemporaryDirectory()
            for (name, text) in files { try directory.write(text, to: name) }
            return try ModelMetadata(directory: directory.path).chatTemplate.map { String(decoding: $0, as: UTF8.self) }
        }
        let configured = #"{"chat_template": "{{ a\u0062 }}"}"#
        let several = #"{"chat_template": [{"name": "tools", "template": "t"}, {"name": "default", "template": "d"}]}"#
        #expect(try template(["tokenizer_config.json": configured]) == "{{ ab }}")
        #expect(
            try template(["tokenizer_config.json": configured, "chat_template.jinja": "{{ file }}"]) == "{{ file }}")
        #expect(try template(["tokenizer_config.json": several]) == "d")
        #expect(try template(["tokenizer_config.json": "not JSON"]) == nil)
        #expect(try template(["chat_template.jinja": String(repeating: "x", count: 1 << 20 + 1)]) == nil)
    }

    @Test func whatIsNoRegularFileIsNotRead() throws {
        let directory = try TemporaryDirectory()
        for name in ["README.md", "generation_config.json", "tokenizer_config.json", "chat_template.jinja"] {
            try directory.makeDirectory(name)
        }
        let metadata = try ModelMetadata(directory: directory.path)
        #expect(metadata.entries.isEmpty && metadata.chatTemplate == nil)
    }
}

import Foundation
import TestSupport
import Testing

/// What files record about the model, through the program.
@Suite struct MetadataTests {
    private func facts(_ file: String) throws -> [String: String] {
        let report = try ToolProcess.run("skipc", ["inspect", file, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        let provenance = try #require(object?["provenance"] as? [String: String])
        return provenance.filter { key, _ in
            ["model.", "generation.", "chat-template.", "team."].contains(where: key.hasPrefix)
        }
    }

    private func tiny() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        return directory
    }

    private func convert(_ directory: TemporaryDirectory, _ name: String, _ options: [String]) throws -> ToolProcess {
        try ToolProcess.run(
            "skipc",
            ["convert", directory.path, "--router", directory.file("routers.safetensors"), "-o", directory.file(name)]
                + options)
    }

    @Test func factsOfTheCheckpointAndOfTheUserAreRecordedAndKept() throws {
        let directory = try tiny()
        try directory.write("---\nmodel_name: tiny\nlicense: mit\n---\n", to: "README.md")
        try directory.write(#"{"do_sample": true, "temperature": 0.5}"#, to: "generation_config.json")
        try directory.write("abc", to: "chat_template.jinja")
        let result = try convert(
            directory, "a.skipgpt",
            ["--metadata", "model.license=apache-2.0", "--metadata", "team.contact=ops=\u{E9}", "--outtype", "f32"])
        try #require(result.status == 0, "\(result.errors)")
        let expected = [
            "model.name": "tiny", "model.license": "apache-2.0", "team.contact": "ops=\u{E9}",
            "generation.do-sample": "true", "generation.temperature": "0.5",
            "chat-template.sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ]
        #expect(try facts(directory.file("a.skipgpt")) == expected)
        let text = try ToolProcess.run("skipc", ["inspect", directory.file("a.skipgpt")]).outputText
        #expect(text.contains("\nmodel.license ") && text.contains("\ngeneration.temperature "))
        // A file that is made from it keeps them.
        let quantized = try ToolProcess.run(
            "skipc", ["quantize", directory.file("a.skipgpt"), "-o", directory.file("b.skipgpt")])
        #expect(quantized.status == 0, "\(quantized.errors)")
        #expect(try facts(directory.file("b.skipgpt")) == expected)
        let inspected = try ToolProcess.run("skipc", ["inspect", directory.path]).outputText
        #expect(inspected.contains("model.license") && inspected.contains("mit"))
    }

    @Test(
        "Facts that cannot be recorded are usage errors",
        arguments: [
            (["model.license"], "KEY=VALUE"), (["Model.license=mit"], "lower-case"), (["model..a=1"], "lower-case"),
            (["=mit"], "lower-case"), ([String(repeating: "a", count: 65) + "=1"], "at most 64"),
            (["model.license="], "one line"), (["model.license=a\nb"], "one line"),
            (["model.license=" + String(repeating: "a", count: 4097)], "4096"), (["tool.name=x"], "skipc itself"),
            (["source.0.name=x"], "skipc itself"), (["generation.temperature=warm"], "0 or more"),
            (["generation.heat=1"], "generation.temperature"), (["a=1", "a=2"], "twice"),
        ])
    func wrongFacts(_ facts: [String], _ words: String) throws {
        let directory = try tiny()
        let result = try convert(directory, "a.skipgpt", facts.flatMap { ["--metadata", $0] })
        #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: directory.file("a.skipgpt")))
    }
}

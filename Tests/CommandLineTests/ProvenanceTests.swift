import Foundation
import TestSupport
import Testing

/// The provenance of a file, as `inspect` prints it.
@Suite struct ProvenanceTests {
    private func provenance(_ options: [String], in workingDirectory: String? = nil) throws -> [String: String] {
        let directory = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        let output = directory.file("model.skipgpt")
        let result = try ToolProcess.run(
            "skipc", ["convert", bard, "--router", bard + "/routers.safetensors", "-o", output] + options,
            directory: workingDirectory)
        try #require(result.status == 0, "\(result.errors)")
        let report = try ToolProcess.run("skipc", ["inspect", output, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        return try #require(object?["provenance"] as? [String: String])
    }

    @Test func namesTheAdaptersWithTheirScales() throws {
        let bard = RepositoryPaths.bard
        let facts = try provenance(["--lora", bard + "/lora:0.25", "--lora", bard + "/lora:-2"])
        #expect(facts["adapter.0.name"] == "lora")
        #expect(facts["adapter.0.scale"] == "0.25")
        #expect(facts["adapter.0.effective-scale"] == "0.5")
        #expect(facts["adapter.1.effective-scale"] == "-4.0")
        #expect(facts["adapter.1.rank"] == "16")
        #expect(facts["adapter.1.tensors"] == "112")
        #expect(facts["source.2.name"] == "adapter_model.safetensors")
        #expect(facts["blas.kernel"]?.isEmpty == false)
        #expect(!facts.values.contains { $0.contains("/") })
    }

    @Test(
        "The name of an adapter does not depend on how its path is spelled",
        arguments: [
            ".", "./", "../lora", "../lora//", "adapter_model.safetensors", "./adapter_model.safetensors",
        ])
    func adaptersAreNamedByTheirDirectory(path: String) throws {
        #expect(try provenance(["--lora", path], in: RepositoryPaths.bard + "/lora")["adapter.0.name"] == "lora")
    }

    @Test func hashesWholeSourcesWhenAsked() throws {
        let plain = try provenance([])
        #expect(plain["source.0.sha256"] == nil)
        #expect(plain["blas.kernel"] == nil)
        let facts = try provenance(["--hash-sources"])
        // The output of sha256sum for Examples/bard/model.safetensors and routers.safetensors.
        #expect(facts["source.0.sha256"] == "d08bb0968204a4b4e714a19c298c1784aa93a09ce2c202031c7a55599d81511f")
        #expect(facts["source.1.sha256"] == "e9479c25867cce8acff43b15bcf2132a716c4a5af11678292ee0b347bd271124")
    }

    @Test func inspectShowsAdapters() throws {
        let adapter = RepositoryPaths.fixture("llama-linear-f32") + "/adapters/modules-to-save"
        let text = try ToolProcess.run("skipc", ["inspect", adapter]).outputText
        #expect(text.contains("adapted          3 matrices: 3 × q_proj"))
        #expect(text.contains("replaced         4 tensors: 3 × input_layernorm, 1 × lm_head"))
        #expect(text.contains("effective scale  2"))
        let json = try ToolProcess.run("skipc", ["inspect", adapter, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
        #expect((object?["modules"] as? [[String: Any]])?.count == 3)
        // The tensors alone do not contain the alpha.
        let directory = try TemporaryDirectory()
        try directory.write(TinyAdapter().model.file, to: "bare.safetensors")
        let bare = try ToolProcess.run("skipc", ["inspect", directory.file("bare.safetensors")]).outputText
        #expect(bare.contains("--lora-alpha is needed"))
        let base = try ToolProcess.run("skipc", ["inspect", RepositoryPaths.bard + "/model.safetensors"]).outputText
        #expect(!base.contains("adapter"))
    }
}

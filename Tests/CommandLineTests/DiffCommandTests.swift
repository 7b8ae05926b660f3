import Foundation
import TestSupport
import Testing

@Suite struct DiffCommandTests {
    /// Converts a checkpoint and returns the file's path.
    private func convert(
        _ name: String, in outputs: TemporaryDirectory, _ options: [String] = [],
        change: (inout TinyCheckpoint) -> Void = { _ in }
    ) throws -> String {
        var checkpoint = TinyCheckpoint()
        change(&checkpoint)
        let directory = try TemporaryDirectory()
        try checkpoint.write(to: directory)
        let output = outputs.file(name)
        let result = try ToolProcess.run(
            "skipc",
            ["convert", directory.path, "--router", directory.file("routers.safetensors"), "-o", output] + options)
        try #require(result.status == 0, "\(result.errors)")
        return output
    }

    private func diff(_ arguments: [String]) throws -> ToolProcess {
        try ToolProcess.run("skipc", ["diff"] + arguments)
    }

    @Test func equalFilesAreEqual() throws {
        let outputs = try TemporaryDirectory()
        let result = try diff([try convert("a.skipgpt", in: outputs), try convert("b.skipgpt", in: outputs)])
        #expect(result.status == 0)
        #expect(result.outputText.contains("are equal"))
        #expect(result.outputText.contains("tensors: 29 of 29 equal"))
    }

    @Test func aChangedWeightIsNamedWithItsPlaceAndSize() throws {
        let outputs = try TemporaryDirectory()
        let changed = try convert("b.skipgpt", in: outputs) { checkpoint in
            checkpoint.change("model.layers.1.mlp.down_proj.weight") { tensor in
                tensor.bytes.replaceSubrange(
                    (16 * 3 + 5) * 4..<(16 * 3 + 6) * 4, with: littleEndian(Float(7).bitPattern))
            }
        }
        let result = try diff([try convert("a.skipgpt", in: outputs), changed])
        #expect(result.status == 1)
        #expect(result.outputText.contains("tensors: 28 of 29 equal"))
        #expect(
            result.outputText.contains("layers.1.downProjection: f32[8, 16], 1 of 128 elements differ, at most by "))
        #expect(result.outputText.contains("at row 3, column 5"))
        #expect(result.outputText.contains("modules: 9 of 10 equal"))
    }

    @Test func typesConfigurationAndLoneTensorsAreCompared() throws {
        let outputs = try TemporaryDirectory()
        let first = try convert("a.skipgpt", in: outputs)
        let narrower = try convert("b.skipgpt", in: outputs, ["--outtype", "bf16"])
        let types = try diff([first, narrower])
        #expect(types.status == 1)
        #expect(types.outputText.contains("option.outtype: auto | bf16"))
        #expect(types.outputText.contains("layers.0.queryProjection: f32[8, 8] | bf16[8, 8]"))
        let quantized = try diff([first, try convert("q.skipgpt", in: outputs, ["--outtype", "int8"])])
        #expect(quantized.outputText.contains("layers.0.upProjection: f32[16, 8] | int8[16, 8], "))
        #expect(quantized.outputText.contains(" of 128 elements differ, at most by 0.00"))
        let unrouted = try convert("c.skipgpt", in: outputs) { checkpoint in
            checkpoint.routers.tensors.removeAll { $0.name.contains("layers.0.router_mlp") }
            checkpoint.config = checkpoint.config.replacingFirst("1e-05", with: "1e-06")
        }
        let report = try diff([first, unrouted, "--json"])
        #expect(report.status == 1)
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        let lone = object?["loneTensors"] as? [[String: String]]
        #expect(
            lone?.map { $0["name"] }
                == ["layers.0.mlpRouterPredictorWeight", "layers.0.mlpRouterPredictorBias"])
        let configuration = object?["configuration"] as? [[String: String]] ?? []
        #expect(configuration.map { $0["name"] } == ["rmsNormEpsilon", "layers.0.mlpRouter"])
    }

    @Test func provenanceCountsUnlessIgnored() throws {
        let outputs = try TemporaryDirectory()
        let first = try convert("a.skipgpt", in: outputs)
        let second = try convert("b.skipgpt", in: outputs, ["--hash-sources"])
        let strict = try diff([first, second])
        #expect(strict.status == 1)
        #expect(strict.outputText.contains("source.0.sha256: absent | "))
        #expect(try diff([first, second, "--ignore-provenance"]).status == 0)
    }

    @Test func damagedFilesAreErrorsInsteadOfAVerdict() throws {
        let outputs = try TemporaryDirectory()
        try outputs.write("x", to: "bad.skipgpt")
        #expect(try diff([try convert("a.skipgpt", in: outputs), outputs.file("bad.skipgpt")]).status == 3)
        #expect(try diff([outputs.file("none.skipgpt"), outputs.file("bad.skipgpt")]).status == 4)
    }
}

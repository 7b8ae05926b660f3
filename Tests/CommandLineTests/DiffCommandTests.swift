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
        #expect(result.outputText.contains("weights        equal: 29 tensors in 10 modules"))
    }

    @Test func aChangedWeightIsNamedWithItsPlaceAndSize() throws {
        let outputs = try TemporaryDirectory()
        let changed = try convert("b.skipgpt", in: outputs) { checkpoint in
            checkpoint.change("model.layers.1.mlp.down_proj.weight") { tensor in
                tensor.bytes.replaceSubrange(
                    (16 * 3 + 5) * 4..<(16 * 3 + 6) * 4, with: littleEndian(Float(7).bitPattern))
            }
        }
        let original = try convert("a.skipgpt", in: outputs)
        let result = try diff([original, changed, "--all"])
        #expect(result.status == 1)
        #expect(result.outputText.contains("layers.1.downProjection: f32[8, 16], 1 of 128 values differ, at most by "))
        #expect(result.outputText.contains("at row 3, column 5; RMS "))
    }

    @Test("The summary says how much of each part differs, and --all lists it")
    func summary() throws {
        let outputs = try TemporaryDirectory()
        let original = try convert("a.skipgpt", in: outputs)
        var replaced: [Float] = []
        let changed = try convert("b.skipgpt", in: outputs) { checkpoint in
            checkpoint.config = checkpoint.config.replacingFirst("1e-05", with: "1e-06")
            checkpoint.change("model.layers.1.mlp.down_proj.weight") { tensor in
                replaced = stride(from: 0, to: tensor.bytes.count, by: 4).map { start in
                    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(tensor.bytes[start + $1]) << (8 * $1) })
                }
                tensor.bytes.replaceSubrange(
                    (16 * 3 + 5) * 4..<(16 * 3 + 6) * 4, with: littleEndian((replaced[16 * 3 + 5] + 0.5).bitPattern))
            }
        }
        let result = try diff([original, changed])
        #expect(result.status == 1)
        let lines = result.outputText.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasSuffix(" differ"))
        func row(_ part: String) throws -> [Substring] {
            try #require(lines.first { $0.hasPrefix("| \(part) ") }).split(whereSeparator: { " |".contains($0) })
        }
        // 0.5 in one of 128 values.
        let changedRow = Array(try row("mlp").dropLast())
        #expect(changedRow == "mlp f32 1 of 2 1 of 6 1 (0.781%) 0.500 0.0442".split(separator: " "))
        #expect(try row("attention") == "attention f32 0 of 2 0 of 4".split(separator: " "))
        #expect(lines.contains("tokenizer      equal"))
        #expect(lines.contains("configuration  1 value differs"))
        #expect(lines.contains { $0.hasPrefix("  rmsNormEpsilon: ") })
        #expect(lines.contains("provenance     equal"))
        #expect(
            !result.outputText.contains("downProjection") && result.outputText.hasSuffix("lists every difference.\n"))
        let all = try diff([original, changed, "--all"]).outputText
        #expect(all.hasPrefix(result.outputText.dropLast("\n--all lists every difference.\n".count)))
        #expect(all.contains("\ntensors:\n  layers.1.downProjection: "))

        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(diff([original, changed, "--json"]).output)) as? [String: Any])
        let parts = try #require(object["parts"] as? [[String: Any]])
        #expect(
            parts.map { $0["part"] as? String } == [
                "vectors", "routers", "tokenEmbedding", "outputHead", "keyValue", "attention", "mlp",
            ])
        let mlp = try #require(parts.last)
        #expect(mlp["differingTensorCount"] as? Int == 1 && mlp["elementCount"] as? Int == 128)
        let norm = replaced.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let values = (
            mlp["largestDifference"] as? Double, mlp["rmsDifference"] as? Double, mlp["relativeDifference"] as? Double
        )
        #expect(abs(try #require(values.0) - 0.5) < 1e-6)
        #expect(abs(try #require(values.1) - 0.5 / Double(128).squareRoot()) < 1e-6)
        #expect(abs(try #require(values.2) - 0.5 / norm) < 1e-6)
    }

    @Test func typesConfigurationAndLoneTensorsAreCompared() throws {
        let outputs = try TemporaryDirectory()
        let first = try convert("a.skipgpt", in: outputs)
        let narrower = try convert("b.skipgpt", in: outputs, ["--outtype", "bf16"])
        let types = try diff([first, narrower, "--all"])
        #expect(types.status == 1)
        #expect(types.outputText.contains("option.outtype: auto → bf16"))
        #expect(types.outputText.contains("layers.0.queryProjection: f32[8, 8] → bf16[8, 8]"))
        let quantized = try diff([first, try convert("q.skipgpt", in: outputs, ["--outtype", "int8"]), "--all"])
        #expect(quantized.outputText.contains("layers.0.upProjection: f32[16, 8] → int8[16, 8], "))
        #expect(quantized.outputText.contains(" of 128 values differ, at most by 0.00"))
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
        let strict = try diff([first, second, "--all"])
        #expect(strict.status == 1)
        #expect(strict.outputText.contains("\nprovenance:\n  source.0.sha256: absent → "))
        #expect(strict.outputText.contains(" entries differ: source.0.sha256, source.1.sha256\n"))
        #expect(try diff([first, second, "--ignore-provenance"]).status == 0)
    }

    @Test func damagedFilesAreErrorsInsteadOfAVerdict() throws {
        let outputs = try TemporaryDirectory()
        try outputs.write("x", to: "bad.skipgpt")
        #expect(try diff([try convert("a.skipgpt", in: outputs), outputs.file("bad.skipgpt")]).status == 3)
        #expect(try diff([outputs.file("none.skipgpt"), outputs.file("bad.skipgpt")]).status == 4)
    }
}

import Foundation
import TestSupport
import Testing

@testable import SkipConvert

/// `--ledger` and `--json` list every tensor of every input.
@Suite struct LedgerTests {
    private struct Report: Decodable {
        struct Ledger: Decodable {
            struct Input: Decodable {
                struct Tensor: Decodable {
                    let name: String
                    let fate: String
                    let into: String?
                    let reason: String?
                }

                let file: String
                let tensors: [Tensor]
            }

            struct Adapter: Decodable {
                let tensorsPresent: Int
                let tensorsApplied: Int
                let effectiveScales: [Double]
            }

            struct Delta: Decodable, Equatable {
                let tensor: String
                let relativeSize: Double
                let changedShare: Double
                let survival: Double
            }

            let inputs: [Input]
            let adapters: [Adapter]
            let deltas: [Delta]?
            let deltaTotal: Delta?
        }

        let output: String?
        let rootHash: String?
        let byteCount: Int
        let blasKernel: String?
        let ledger: Ledger
    }

    private func report(_ arguments: [String]) throws -> Report {
        let result = try ToolProcess.run("skipc", arguments + ["--json"])
        try #require(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Report.self, from: Data(result.output))
    }

    private func tiny(
        _ change: (inout TinyCheckpoint, inout TinyAdapter) -> Void = { _, _ in }
    ) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        var adapter = TinyAdapter()
        change(&checkpoint, &adapter)
        try checkpoint.write(to: directory)
        try adapter.write(to: directory)
        return directory
    }

    private func arguments(_ directory: TemporaryDirectory, scale: String = "1") -> [String] {
        [
            "convert", directory.path, "--router", directory.file("routers.safetensors"), "--lora",
            directory.file("lora:" + scale),
        ]
    }

    @Test func everyTensorHasOneEntry() throws {
        let directory = try tiny { checkpoint, adapter in
            checkpoint.routers.tensors.append(SafetensorsBuilder.float32("step", [1], [7]))
            adapter.set("modules_to_save", "[\"lm_head\"]")
            adapter.model.tensors.append(TinyAdapter.random("base_model.model.lm_head.weight", [16, 8]))
        }
        let report = try report(arguments(directory) + ["--dry-run"])
        #expect(report.output == nil && report.rootHash == nil)
        #expect(report.ledger.deltas == nil)
        #expect(report.ledger.inputs.map(\.file.count).allSatisfy { $0 > 0 })
        var fates: [String: Int] = [:]
        for input in report.ledger.inputs {
            let file = try SafetensorsFile(input.file)
            #expect(input.tensors.map(\.name) == file.names, "\(input.file)")
            for tensor in input.tensors {
                fates[tensor.fate, default: 0] += 1
                #expect((tensor.fate == "leftOut") == (tensor.reason != nil), "\(tensor.name)")
                #expect((tensor.fate == "leftOut") == (tensor.into == nil), "\(tensor.name)")
            }
        }
        let tiny = TinyCheckpoint()
        #expect(fates == ["placed": tiny.model.tensors.count + tiny.routers.tensors.count, "merged": 8, "leftOut": 2])
        #expect(report.ledger.adapters.map(\.tensorsPresent) == [9])
        #expect(report.ledger.adapters.map(\.tensorsApplied) == [9])
        #expect(report.ledger.adapters.map(\.effectiveScales) == [[2]])
    }

    /// In float32 the delta is exact, and its size is that of the definition.
    @Test func figuresFollowTheirDefinition() throws {
        let outputs = try TemporaryDirectory()
        let base = RepositoryPaths.fixture("llama-linear-f32")
        let report = try report([
            "convert", base, "--lora", base + "/adapters/plain", "-o", outputs.file("model.skipgpt"),
        ])
        let deltas = try #require(report.ledger.deltas)
        #expect(deltas.count == 9)
        #expect(deltas.allSatisfy { abs($0.survival - 1) < 1e-12 && $0.changedShare > 0.99 })
        #expect(report.blasKernel?.isEmpty == false)
        let name = "model.layers.1.self_attn.q_proj.weight"
        let before = try SafetensorsFile(base + "/model.safetensors").floats(name)
        let after = try SafetensorsFile(base + "/adapters/plain.expected.safetensors").floats("merged." + name)
        func norm(_ values: [Float]) -> Double { values.map { Double($0) * Double($0) }.reduce(0, +).squareRoot() }
        let wanted = norm(zip(after, before).map { $0 - $1 }) / norm(before)
        let found = try #require(deltas.first { $0.tensor == "layers.1.queryProjection" }).relativeSize
        #expect(abs(found - wanted) < 1e-5 * wanted)
    }

    /// bard's weights are bfloat16, so that rounding removes a small delta.
    @Test func roundingRemovesSmallDeltas() throws {
        let outputs = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        func total(_ scale: String, _ outputType: String) throws -> Report.Ledger.Delta {
            let output = outputs.file("\(scale)-\(outputType).skipgpt")
            return try #require(
                try report(["convert", bard, "--lora", bard + "/lora:" + scale, "--outtype", outputType, "-o", output])
                    .ledger.deltaTotal)
        }
        let whole = try total("1", "bf16")
        #expect(whole.survival > 0.99 && whole.survival < 1.01)
        let small = try total("0.0001", "bf16")
        #expect(small.survival < 0.7 && small.changedShare < 0.05)
        #expect(abs(small.relativeSize - whole.relativeSize * 0.0001) < 1e-6 * whole.relativeSize)
        #expect(try total("0.0001", "f32").survival > 0.999)
    }

    @Test func threadsDoNotChangeFigures() throws {
        let outputs = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        let deltas = try ["1", "6"].map { threads in
            try report(["merge", bard, "--lora", bard + "/lora", "-t", threads, "-o", outputs.file(threads)]).ledger
                .deltas
        }
        #expect(deltas[0]?.count == 56)
        #expect(deltas[0] == deltas[1])
    }

    @Test func theTableNamesTensorsAndReasons() throws {
        let directory = try tiny { checkpoint, _ in
            checkpoint.routers.tensors.append(SafetensorsBuilder.float32("step", [1], [7]))
        }
        let result = try ToolProcess.run(
            "skipc", arguments(directory, scale: "0.5") + ["--ledger", "-o", directory.file("model.skipgpt")])
        #expect(result.status == 0, "\(result.errors)")
        let text = result.outputText
        #expect(text.contains("lora: 8 of 8 tensors, 4 matrices adapted, LoRA, rank 2, alpha 4.0, effective scale 1.0"))
        #expect(text.contains("model.layers.0.mlp.up_proj.weight               is layers.0.upProjection"))
        #expect(text.contains("merged into model.layers.1.mlp.gate_proj.weight"))
        #expect(text.contains("left out: it does not belong to a router"))
        #expect(text.contains("all adapted tensors"))
    }
}

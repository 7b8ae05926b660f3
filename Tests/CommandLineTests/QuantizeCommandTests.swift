import Foundation
import TestSupport
import Testing

/// int8 through the program: `convert`, `quantize`, `dequantize`, and other commands on int8 files.
@Suite struct QuantizeCommandTests {
    private static let bard = RepositoryPaths.bard

    private func run(_ arguments: [String], status: Int32 = 0) throws -> ToolProcess {
        let result = try ToolProcess.run("skipc", arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        return result
    }

    /// `NAME.skipgpt` of the bundled example in a directory.
    private func convert(_ directory: TemporaryDirectory, _ name: String, _ options: [String]) throws -> String {
        let output = directory.file(name + ".skipgpt")
        _ = try run(
            ["convert", Self.bard, "--router", Self.bard + "/routers.safetensors", "-o", output] + options)
        return output
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func json(_ arguments: [String], status: Int32 = 0) throws -> [String: Any] {
        let result = try run(arguments + ["--json"], status: status)
        return try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any] ?? [:]
    }

    @Test(arguments: [
        [], ["--group-size", "32"], ["--group-size", "0"],
        ["--token-embedding-type", "auto", "--tensor-type", "router_mlp.*weight=int8", "--tensor-type", "v_proj=bf16"],
    ])
    func quantizingAFloatFileGivesTheBytesOfOnePass(_ options: [String]) throws {
        let directory = try TemporaryDirectory()
        let float = try convert(directory, "float", [])
        var files: [Data] = []
        for threads in ["1", "2", "5"] {
            files.append(
                try bytes(convert(directory, "one\(threads)", ["--outtype", "int8", "-t", threads] + options)))
            let output = directory.file("two\(threads).skipgpt")
            _ = try run(["quantize", float, "-o", output, "-t", threads] + options)
            files.append(try bytes(output))
        }
        #expect(files.allSatisfy { $0 == files[0] })
        #expect(files[0].count < 3_000_000)
        _ = try run(["validate", directory.file("two5.skipgpt")])
    }

    /// An adapter is merged in float32 and rounded once. An f32 file holds the merged weights exactly.
    @Test func mergedWeightsAreRoundedOnce() throws {
        let directory = try TemporaryDirectory()
        let lora = ["--lora", Self.bard + "/lora"]
        let onePass = try convert(directory, "one", ["--outtype", "int8"] + lora)
        let float = try convert(directory, "float", ["--outtype", "f32"] + lora)
        _ = try run(["quantize", float, "-o", directory.file("two.skipgpt")])
        #expect(try bytes(onePass) == bytes(directory.file("two.skipgpt")))
    }

    @Test func dequantizedWeightsAreValueTimesScale() throws {
        let directory = try TemporaryDirectory()
        let quantized = try convert(directory, "int8", ["--outtype", "int8"])
        let float = directory.file("float.skipgpt")
        _ = try run(["dequantize", quantized, "-o", float])
        // `diff` compares values, so that only the types differ.
        let difference = try json(["diff", quantized, float], status: 1)
        let tensors = difference["tensors"] as? [[String: Any]] ?? []
        #expect(tensors.count == 57)
        #expect(tensors.allSatisfy { $0["differingCount"] as? Int == 0 })
        // Without rounding of activations, both files give the same results.
        let parity = try ToolProcess.run(
            "skipc",
            ["parity", float, quantized, "--text", Self.bard + "/README.md", "--max-flip-rate", "0", "--json"],
            environment: ["SKIPC_ACTIVATION_BITS": "32"])
        #expect(parity.status == 0, "\(parity.errors)")
        let found = try JSONSerialization.jsonObject(with: Data(parity.output)) as? [String: Any]
        #expect(try #require(found?["relativeLogitError"] as? Double) < 1e-4)
        _ = try run(["dequantize", quantized, "-o", directory.file("half.skipgpt"), "--outtype", "bf16"])
        #expect(try bytes(directory.file("half.skipgpt")).count < bytes(float).count * 6 / 10)
    }

    @Test func int8KeepsTheRoutes() throws {
        let directory = try TemporaryDirectory()
        let float = try convert(directory, "float", [])
        let quantized = try convert(directory, "int8", ["--outtype", "int8"])
        let found = try json([
            "parity", quantized, float, "--text", Self.bard + "/README.md", "--max-flip-rate", "0.01",
        ])
        #expect(try #require(found["flipRate"] as? Double) > 0)
        #expect(try #require(found["topTokenAgreement"] as? Double) > 0.9)
        // skiprun gives the same text.
        let text = try ToolProcess.run("skiprun", [quantized, "-p", "ROMEO:", "-n", "16"])
        #expect(text.status == 0, "\(text.errors)")
        #expect(try run(["run", quantized, "-p", "ROMEO:", "-n", "16"]).outputText == text.outputText)
    }

    @Test func figuresAreShown() throws {
        let directory = try TemporaryDirectory()
        let quantized = try convert(directory, "int8", ["--outtype", "int8", "--group-size", "64"])
        let report = try json(["inspect", quantized, "--tensors"])
        let summary = try #require(report["quantization"] as? [String: Any])
        #expect(summary["tensorCount"] as? Int == 48)
        #expect(try #require(summary["sqnr"] as? Double) > 40)
        #expect(try #require(summary["bytesPerWeight"] as? Double) < 1.06)
        let tensors = report["tensors"] as? [[String: Any]] ?? []
        let down = try #require(tensors.first { $0["name"] as? String == "layers.3.downProjection" })
        #expect(down["type"] as? String == "int8/64")
        let figures = try #require(down["quantization"] as? [String: Any])
        #expect(try #require(figures["relativeError"] as? Double) < 0.01)
        #expect(try #require(figures["largestError"] as? Double) > 0)
        let text = try run(["inspect", quantized, "--tensors"]).outputText
        #expect(text.contains("SQNR") && text.contains("int8/64 [128, 352]"))
        #expect(try run(["convert", Self.bard, "--outtype", "int8", "--dry-run"]).outputText.contains("int8"))
    }

    @Test func mistakesAreReportedBeforeAnythingIsWritten() throws {
        let directory = try TemporaryDirectory()
        let quantized = try convert(directory, "int8", ["--outtype", "int8"])
        let float = try convert(directory, "float", [])
        let output = directory.file("out.skipgpt")
        for (arguments, status, words) in [
            (["quantize", quantized, "-o", output], 2, "int8 already"),
            (["dequantize", float, "-o", output], 2, "no int8"),
            (["dequantize", quantized, "-o", output, "--outtype", "int8"], 2, "'f32', 'f16' or 'bf16'"),
            (["quantize", float, "-o", output, "--group-size", "6"], 2, "multiple of 4"),
            (["quantize", float, "-o", output, "--tensor-type", "nothing=int8"], 2, "no matrix"),
            (["quantize", float, "-o", output, "--tensor-type", "[=int8"], 2, "[=int8"),
            (["quantize", float, "-o", output, "--tensor-type", "up=q4"], 2, "up=q4"),
            (["quantize", float, "-o", output, "--output-tensor-type", "bf16"], 2, "--token-embedding-type"),
            (["quantize", float, "-o", quantized], 2, "--force"),
            (["merge", Self.bard, "-o", output, "--outtype", "int8"], 2, "int8"),
            (["quantize", Self.bard + "/model.safetensors", "-o", output], 3, "SK-03"),
        ] as [([String], Int32, String)] {
            let result = try run(arguments, status: status)
            #expect(result.errors.contains(words), "\(result.errors)")
            #expect(!directory.contents.contains("out.skipgpt"))
        }
        let forced = try ToolProcess.run(
            "skipc", ["run", quantized, "-p", "x"], environment: ["SKIPC_ACTIVATION_BITS": "7"])
        #expect(forced.status == 2 && forced.errors.contains("8, 16, 32"))
    }

    /// Otherwise the new file would have valid hashes of a damaged weight.
    @Test func aDamagedFileIsNotConverted() throws {
        let directory = try TemporaryDirectory()
        let float = try convert(directory, "float", [])
        var damaged = try bytes(float)
        damaged[damaged.count / 2 / 16384 * 16384 + 5] ^= 4
        try directory.write([UInt8](damaged), to: "bad.skipgpt")
        let result = try run(
            ["quantize", directory.file("bad.skipgpt"), "-o", directory.file("out.skipgpt")], status: 3)
        #expect(result.errors.contains("SK-94"))
        #expect(!directory.contents.contains("out.skipgpt"))
    }
}

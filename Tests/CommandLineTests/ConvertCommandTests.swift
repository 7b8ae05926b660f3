import Foundation
import TestSupport
import Testing

@Suite struct ConvertCommandTests {
    private func convert(_ arguments: [String], from directory: String, to output: String) throws -> ToolProcess {
        try ToolProcess.run(
            "skipc", ["convert", directory, "--router", directory + "/routers.safetensors", "-o", output] + arguments)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func twoConversionsGiveTheSameBytesWithAnyThreads() throws {
        let outputs = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        var files: [Data] = []
        for threads in ["1", "2", "5"] {
            let output = outputs.file("\(threads).skipgpt")
            let result = try convert(["-t", threads], from: bard, to: output)
            #expect(result.status == 0, "\(result.errors)")
            files.append(try bytes(output))
        }
        #expect(files[0] == files[1] && files[0] == files[2])
    }

    @Test func theOrderOfTensorsInTheCheckpointDoesNotMatter() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        try checkpoint.write(to: directory)
        #expect(try convert([], from: directory.path, to: directory.file("a.skipgpt")).status == 0)
        // The header hash in the provenance tells the two inputs apart; every weight must be the same.
        checkpoint.model.tensors.reverse()
        try checkpoint.write(to: directory)
        #expect(try convert([], from: directory.path, to: directory.file("b.skipgpt")).status == 0)
        func sections(_ name: String) throws -> [[String: String]] {
            let report = try ToolProcess.run("skipc", ["inspect", directory.file(name), "--json"])
            let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
            let sections = object?["sections"] as? [[String: Any]] ?? []
            return sections.filter { $0["name"] as? String != "provenance" }.map {
                ["name": "\($0["name"] ?? "")", "hash": "\($0["rootHash"] ?? "")"]
            }
        }
        let first = try sections("a.skipgpt")
        #expect(first.count == 12)
        #expect(try first == sections("b.skipgpt"))
    }

    @Test func anExistingFileIsKeptUnlessForced() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write("old", to: "model.skipgpt")
        let output = directory.file("model.skipgpt")
        let refused = try convert([], from: directory.path, to: output)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--force"))
        #expect(try bytes(output) == Data("old".utf8))
        #expect(try convert(["--force"], from: directory.path, to: output).status == 0)
        #expect(try bytes(output).count > 4096)
        #expect(directory.contents == ["config.json", "model.safetensors", "model.skipgpt", "routers.safetensors"])
    }

    @Test func aDryRunReadsNoWeightsAndWritesNothing() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.change("model.norm.weight") {
            $0.bytes.replaceSubrange(0..<4, with: littleEndian(Float.nan.bitPattern))
        }
        try checkpoint.write(to: directory)
        let result = try convert(["--dry-run"], from: directory.path, to: directory.file("model.skipgpt"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.outputText.contains("file size"))
        #expect(!directory.contents.contains("model.skipgpt"))
    }

    @Test func theGraphIsPrintedWithItsPlans() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try ToolProcess.run("skipc", ["convert", directory.path, "--outtype", "bf16", "--dump=graph"])
        #expect(result.status == 0)
        #expect(
            result.outputText.contains(
                "  layers.1.downProjection : bf16[8, 16] = convert(stored(%0 \"model.layers.1.mlp.down_proj.weight\" f32), bf16)\n"
            ))
    }

    @Test(arguments: [
        [], ["convert"], ["convert", "dir"], ["convert", "dir", "-o", "x", "--outtype", "q4"],
        ["convert", "dir", "-o", "x", "-t", "0"],
        ["frobnicate"], ["run", "x.skipgpt"], ["trace", "x.skipgpt", "-o", "t"], ["bench", "x.skipgpt", "-r", "0"],
    ])
    func usageErrorsExitWith2(_ arguments: [String]) throws {
        let result = try ToolProcess.run("skipc", arguments)
        if arguments.isEmpty {
            // Without a subcommand the help is what is wanted.
            #expect(result.status == 0 && result.outputText.contains("USAGE"))
        } else {
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains("Usage"))
            #expect(result.output.isEmpty)
        }
    }
}

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
            let result = try convert(["-t", threads, "--lora", bard + "/lora:0.5"], from: bard, to: output)
            #expect(result.status == 0, "\(result.errors)")
            files.append(try bytes(output))
        }
        #expect(files[0] == files[1] && files[0] == files[2])
    }

    @Test func onlyAdaptersNeedOpenBLAS() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        for name in ["libopenblas.so.0", "libopenblas.so"] { try directory.write([], to: name) }
        for (index, arguments) in [[], ["--lora", directory.file("lora")]].enumerated() {
            let output = directory.file("\(index).skipgpt")
            let result = try ToolProcess.run(
                "skipc",
                ["convert", directory.path, "--router", directory.file("routers.safetensors"), "-o", output]
                    + arguments, environment: ["LD_LIBRARY_PATH": directory.path])
            #expect(result.status == (arguments.isEmpty ? 0 : 4), "\(result.errors)")
            #expect(result.errors.contains("OpenBLAS") != arguments.isEmpty)
        }
    }

    @Test func theFormOfTheInputsDoesNotChangeAWeight() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = TinyCheckpoint()
        try checkpoint.write(to: directory)
        try TinyAdapter().write(to: directory)
        try directory.write(checkpoint.stageOne(prefix: "module.").file, to: "stage-one.safetensors")
        try directory.write(checkpoint.stageTwo(TinyAdapter()).file, to: "stage-two.safetensors")
        try directory.write(TinyAdapter().model.file, to: "bare.safetensors")
        // The torch files that training saves. The adapter's records are compressed.
        let torch = { (tensors: [SafetensorsBuilder.Tensor]) in TorchBuilder.archive(of: tensors) }
        try directory.write(torch(checkpoint.stageOne().tensors).build().bytes, to: "model.pth")
        try directory.write(torch(checkpoint.stageTwo(TinyAdapter()).tensors).build().bytes, to: "model.bin")
        try directory.write(torch(checkpoint.routers.tensors).build().bytes, to: "router.pth")
        var lora = torch(TinyAdapter().fullStateTensors)
        for index in lora.entries.indices { lora.entries[index].method = 8 }
        try directory.write(lora.build().bytes, to: "lora.pth")
        try directory.makeDirectory("torch-lora")
        try directory.write(TinyAdapter().config, to: "torch-lora/adapter_config.json")
        try directory.write(torch(TinyAdapter().model.tensors).build().bytes, to: "torch-lora/adapter_model.bin")
        let router = ["--router", directory.file("routers.safetensors")]
        let forms = [
            router + ["--lora", directory.file("lora")],
            router + ["--lora", directory.file("bare.safetensors:1"), "--lora-alpha", "4"],
            ["--checkpoint", directory.file("stage-one.safetensors"), "--lora", directory.file("lora")],
            ["--checkpoint", directory.file("stage-two.safetensors"), "--lora-alpha", "4"],
            ["--checkpoint", directory.file("model.pth"), "--lora", directory.file("torch-lora")],
            ["--checkpoint", directory.file("model.bin"), "--lora-alpha", "4"],
            ["--router", directory.file("router.pth"), "--lora", directory.file("lora.pth"), "--lora-alpha", "4"],
            router + ["--lora", directory.file("torch-lora/adapter_model.bin")],
        ]
        var hashes: [[String]] = []
        for (index, form) in forms.enumerated() {
            let output = directory.file("\(index).skipgpt")
            let result = try ToolProcess.run("skipc", ["convert", directory.path, "-o", output] + form)
            #expect(result.status == 0, "\(result.errors)")
            hashes.append(try weightSections(output))
        }
        #expect(hashes[0].count > 8)
        for other in hashes.dropFirst() { #expect(hashes[0] == other) }
    }

    /// Names and hashes of the sections of a file, without the provenance, which depends on the form of the inputs, and
    /// without what contains the provenance.
    private func weightSections(_ file: String) throws -> [String] {
        let report = try ToolProcess.run("skipc", ["inspect", file, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        let sections = object?["sections"] as? [[String: Any]] ?? []
        return sections.filter { $0["name"] as? String != "provenance" }.map {
            "\($0["name"] ?? ""): \($0["rootHash"] ?? "")"
        }
    }

    @Test("LR-96: an adapter of another base is noted") func anAdapterOfAnotherBaseIsNoted() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        let result = try convert(
            ["--lora", directory.file("lora"), "--dry-run"], from: directory.path, to: directory.file("model.skipgpt"))
        #expect(result.status == 0)
        #expect(result.errors.contains("note: lora: trained on \"tiny\""))
        let bard = try convert(
            ["--lora", RepositoryPaths.bard + "/lora", "--dry-run"], from: RepositoryPaths.bard,
            to: directory.file("model.skipgpt"))
        #expect(bard.errors.isEmpty, "\(bard.errors)")
    }

    @Test func anUnusedAlphaIsAnError() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        let result = try convert(
            ["--lora", directory.file("lora"), "--lora-alpha", "4"], from: directory.path,
            to: directory.file("model.skipgpt"))
        #expect(result.status == 2)
        #expect(result.errors.contains("--lora-alpha"))
    }

    @Test func theOrderOfTensorsInTheCheckpointDoesNotMatter() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        try checkpoint.write(to: directory)
        #expect(try convert([], from: directory.path, to: directory.file("a.skipgpt")).status == 0)
        // The provenance holds different header hashes for the two inputs, but every weight must be the same.
        checkpoint.model.tensors.reverse()
        try checkpoint.write(to: directory)
        #expect(try convert([], from: directory.path, to: directory.file("b.skipgpt")).status == 0)
        let first = try weightSections(directory.file("a.skipgpt"))
        #expect(first.count == 12)
        #expect(try first == weightSections(directory.file("b.skipgpt")))
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
        ["frobnicate"], ["trace", "x.skipgpt", "-o", "t"], ["bench", "x.skipgpt", "-r", "0"],
    ])
    func usageErrorsExitWith2(_ arguments: [String]) throws {
        let result = try ToolProcess.run("skipc", arguments)
        if arguments.isEmpty {
            // Without a subcommand, the program prints the help.
            #expect(result.status == 0 && result.outputText.contains("USAGE"))
        } else {
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.hasPrefix("skipc: error: ") && result.errors.contains(" --help"))
            #expect(result.output.isEmpty)
        }
    }

    @Test func aFileSizeLimitIsAnErrorThatLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let script = "ulimit -f 16; exec \"$0\" convert \"$1\" -o \"$1/model.skipgpt\""
        let result = try ToolProcess.run("skipc", [directory.path], through: script)
        #expect(!result.wasKilled)
        #expect(result.status == 4, "\(result.errors)")
        #expect(!directory.contents.contains { $0.contains("skipgpt") })
    }

    @Test func anInterruptedConversionLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        // The process interrupts itself as soon as it can. Afterwards there is either a complete file or none.
        let script = "\"$0\" convert \"$1\" -o \"$1/model.skipgpt\" --progress none & kill -TERM $!; wait $!"
        let result = try ToolProcess.run("skipc", [directory.path], through: script)
        #expect(result.status == 0 || result.status == 143, "\(result.status) \(result.errors)")
        #expect(directory.contents.contains("model.skipgpt") == (result.status == 0))
        #expect(directory.contents.allSatisfy { !$0.hasSuffix(".partial") })
    }
}

import Foundation
import TestSupport
import Testing

@Suite struct MergeCommandTests {
    private func merge(_ arguments: [String]) throws -> ToolProcess {
        try ToolProcess.run("skipc", ["merge"] + arguments)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func contents(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    /// Names and hashes of the sections of a `.skipgpt` file, without its provenance.
    private func sections(_ file: String) throws -> [String] {
        let report = try ToolProcess.run("skipc", ["inspect", file, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        let sections = object?["sections"] as? [[String: Any]] ?? []
        return sections.filter { $0["name"] as? String != "provenance" }.map {
            "\($0["name"] ?? ""): \($0["rootHash"] ?? "")"
        }
    }

    @Test(arguments: ["plain", "dora", "modules-to-save", "embedding"])
    func writesWhatPEFTMerges(_ name: String) throws {
        let outputs = try TemporaryDirectory()
        let base = RepositoryPaths.fixture("llama-linear-f32")
        let result = try merge([base, "--lora", base + "/adapters/" + name, "-o", outputs.file("merged")])
        try #require(result.status == 0, "\(result.errors)")
        #expect(
            try contents(outputs.file("merged"))
                == ["case.json", "config.json", "generation_config.json", "model.safetensors"])
        #expect(try bytes(outputs.file("merged/config.json")) == bytes(base + "/config.json"))
        let merged = try SafetensorsFile(outputs.file("merged/model.safetensors"))
        let original = try SafetensorsFile(base + "/model.safetensors")
        let expected = try SafetensorsFile(base + "/adapters/\(name).expected.safetensors")
        #expect(merged.names == original.names)
        for tensor in merged.names {
            let isChanged = expected.names.contains("merged." + tensor)
            let wanted = try isChanged ? expected.floats("merged." + tensor) : original.floats(tensor)
            let largest = wanted.map(abs).max() ?? 0
            let error = zip(try merged.floats(tensor), wanted).map { abs($0 - $1) }.max() ?? .infinity
            #expect(error <= (isChanged ? 1e-6 * largest : 0), "\(tensor)")
        }
    }

    @Test("--force replaces a directory of model files as a whole, and nothing else")
    func force() throws {
        let directory = try TemporaryDirectory()
        let model = try TemporaryDirectory()
        try TinyCheckpoint().write(to: model)
        let base = model.path
        try TinyAdapter().write(to: directory, "lora")
        let inputs = [base, "--lora", directory.file("lora"), "-o"]
        try #require(merge(inputs + [directory.file("out")]).status == 0)
        let names = try contents(directory.file("out"))
        let weights = try bytes(directory.file("out/model.safetensors"))
        let refused = try merge(inputs + [directory.file("out")])
        #expect(refused.status == 2 && refused.errors.contains("--force"), "\(refused.errors)")
        try directory.write("an old file", to: "out/old.txt")
        try directory.write("not the weights", to: "out/model.safetensors")
        let replaced = try merge(inputs + [directory.file("out"), "--force"])
        #expect(replaced.status == 0, "\(replaced.errors)")
        #expect(try contents(directory.file("out")) == names)
        #expect(try bytes(directory.file("out/model.safetensors")) == weights)
        // The base, a directory with an output of another command, and the parent of all.
        try directory.write("", to: "out/model.skipgpt")
        let before = directory.contents
        for (output, text) in [
            (base, "one of the inputs"), (directory.file("out"), "no .skipgpt"), (directory.path, "no directories"),
        ] {
            let result = try merge(inputs + [output, "--force"])
            #expect(result.status == 2 && result.errors.contains(text), "\(result.errors)")
        }
        #expect(try directory.contents == before && contents(base).contains("model.safetensors"))
    }

    /// The conversion of a merged checkpoint has the same bits as the conversion with the adapter.
    @Test(arguments: [[], ["--max-shard-size", "200kB"]])
    func convertingTheMergedCheckpointIsConvertingWithTheAdapter(_ options: [String]) throws {
        let outputs = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        let inputs = [bard, "--router", bard + "/routers.safetensors", "--lora", bard + "/lora:0.8"]
        let result = try merge(inputs + ["--outtype", "f32", "-o", outputs.file("merged")] + options)
        try #require(result.status == 0, "\(result.errors)")
        let merged = outputs.file("merged")
        #expect(try contents(merged).contains("model.safetensors.index.json") == !options.isEmpty)
        let runs = [
            ["convert"] + inputs + ["--outtype", "f32", "-o", outputs.file("a.skipgpt")],
            ["convert", merged, "--router", merged + "/routers.safetensors", "-o", outputs.file("b.skipgpt")],
        ]
        for run in runs {
            let converted = try ToolProcess.run("skipc", run)
            #expect(converted.status == 0, "\(converted.errors)")
        }
        #expect(try sections(outputs.file("a.skipgpt")) == sections(outputs.file("b.skipgpt")))
        #expect(try bytes(merged + "/tokenizer.json") == bytes(bard + "/tokenizer.json"))
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
        let outputs = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        var files: [[Data]] = []
        for threads in ["1", "2", "7"] {
            let output = outputs.file(threads)
            let result = try merge([
                bard, "--lora", bard + "/lora", "-t", threads, "--max-shard-size", "1MB", "-o", output,
            ])
            #expect(result.status == 0, "\(result.errors)")
            files.append(try contents(output).map { try bytes(output + "/" + $0) })
        }
        #expect(files[0].count > 5)
        #expect(files[0] == files[1] && files[0] == files[2])
    }

    @Test func theOutputTypeIsWrittenIntoTheConfiguration() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        let result = try merge([
            directory.path, "--lora", directory.file("lora"), "--outtype", "bf16", "-o", directory.file("merged"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        let config = String(decoding: try bytes(directory.file("merged/config.json")), as: UTF8.self)
        #expect(config == TinyCheckpoint().config.replacingFirst("float32", with: "bfloat16"))
        let inspection = try ToolProcess.run("skipc", ["inspect", directory.file("merged/model.safetensors")])
        #expect(inspection.outputText.contains("skipc.adapter.0.effective-scale = 2.0"))
        #expect(!inspection.outputText.contains("F32"))
    }

    @Test func aSeparatedEmbeddingIsNotTiedInTheConfiguration() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        let tie = "\"tie_word_embeddings\": "
        checkpoint.config = checkpoint.config.replacingFirst(tie + "false", with: tie + "true")
        checkpoint.model.tensors.removeAll { $0.name == "lm_head.weight" }
        try checkpoint.write(to: directory)
        var adapter = TinyAdapter()
        adapter.set("modules_to_save", "[\"lm_head\"]")
        adapter.model.tensors.append(TinyAdapter.random("base_model.model.lm_head.weight", [16, 8]))
        try adapter.write(to: directory)
        let result = try merge([directory.path, "--lora", directory.file("lora"), "-o", directory.file("merged")])
        #expect(result.status == 0, "\(result.errors)")
        let config = String(decoding: try bytes(directory.file("merged/config.json")), as: UTF8.self)
        #expect(config.contains(tie + "false"))
        #expect(try SafetensorsFile(directory.file("merged/model.safetensors")).names.contains("lm_head.weight"))
    }

    @Test func trainingFilesBecomeAPlainCheckpointAndRouters() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = TinyCheckpoint()
        try checkpoint.write(to: directory)
        try directory.write(checkpoint.stageTwo(TinyAdapter()).file, to: "stage-two.safetensors")
        let result = try merge([
            directory.path, "--checkpoint", directory.file("stage-two.safetensors"), "--lora-alpha", "4", "-o",
            directory.file("merged"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        let model = try SafetensorsFile(directory.file("merged/model.safetensors"))
        #expect(model.names == checkpoint.model.tensors.map(\.name).sorted())
        let routers = try SafetensorsFile(directory.file("merged/routers.safetensors"))
        #expect(routers.names == checkpoint.routers.tensors.map(\.name).sorted())
    }

    @Test func aFailedMergeLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        let outputs = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.change("model.norm.weight") {
            $0.bytes.replaceSubrange(0..<4, with: littleEndian(Float.nan.bitPattern))
        }
        try checkpoint.write(to: directory)
        try TinyAdapter().write(to: directory)
        let result = try merge([directory.path, "--lora", directory.file("lora"), "-o", outputs.file("merged")])
        #expect(result.status == 3)
        #expect(result.errors.contains("NU-98"))
        #expect(outputs.contents.isEmpty)
    }

    @Test func aDirectoryWithFilesIsKept() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        try directory.makeDirectory("merged")
        let arguments = [directory.path, "--lora", directory.file("lora"), "-o", directory.file("merged")]
        try directory.write("old", to: "merged/notes.txt")
        let refused = try merge(arguments)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("merged"))
        #expect(try contents(directory.file("merged")) == ["notes.txt"])
        try FileManager.default.removeItem(atPath: directory.file("merged/notes.txt"))
        #expect(try merge(arguments).status == 0)
        #expect(directory.contents.filter { $0.hasSuffix(".partial") }.isEmpty)
    }

    @Test(arguments: [
        ["--max-shard-size", "0"], ["--max-shard-size", "5 GB"], ["--max-shard-size", "99999999999GB"],
        ["--lora-alpha", "0"], ["--lora", "x:1e9"], [],
    ])
    func unusableOptionsAreRefused(_ options: [String]) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try merge([directory.path, "-o", directory.file("merged")] + options)
        #expect(result.status == 2, "\(result.errors)")
        #expect(!directory.contents.contains("merged"))
    }
}

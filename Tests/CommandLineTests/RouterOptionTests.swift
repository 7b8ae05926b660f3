import Foundation
import TestSupport
import Testing

/// Where `convert` finds routers, and what it says about them.
@Suite struct RouterOptionTests {
    private func convert(_ directory: TemporaryDirectory, _ options: [String] = []) throws -> ToolProcess {
        try ToolProcess.run(
            "skipc",
            ["convert", directory.path, "-o", directory.file("m.skipgpt"), "--tokenizer", "none", "--force"] + options)
    }

    private func routed() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        return directory
    }

    @Test("The only file of routers in the directory is used and named; the result is that of --router")
    func found() throws {
        let directory = try routed()
        let found = try convert(directory)
        #expect(
            found.status == 0 && found.errors.contains("using the routers in \(directory.file("routers.safetensors"))"))
        #expect(found.outputText.contains("routers    linear: attention in 2 and MLP in 2 of 2 layers\n"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file("m.skipgpt")))
        let named = try convert(directory, ["--router", directory.file("routers.safetensors")])
        #expect(named.status == 0 && !named.errors.contains("routers"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("m.skipgpt"))) == bytes)
        try directory.write(TinyCheckpoint().routers.file, to: "router.safetensors")
        let several = try convert(directory)
        #expect(several.status == 3 && several.errors.contains("routers.safetensors and router.safetensors"))
    }

    @Test("A model without routers must be requested: an error that names --router and --no-router, and no file")
    func none() throws {
        let directory = try routed()
        let omitted = try convert(directory, ["--no-router"])
        #expect(omitted.status == 0 && !omitted.errors.contains("routers"))
        #expect(omitted.outputText.contains("none: every module runs"))
        for file in ["routers.safetensors", "m.skipgpt"] {
            try FileManager.default.removeItem(atPath: directory.file(file))
        }
        for options in [[], ["--dry-run"], ["--outtype", "int8"]] {
            let refused = try convert(directory, options)
            #expect(refused.status == 2 && refused.errors.contains("error: no routers in \(directory.path)"))
            #expect(refused.errors.contains("--router FILE") && refused.errors.contains("--no-router"))
            #expect(!FileManager.default.fileExists(atPath: directory.file("m.skipgpt")))
        }
        #expect(try convert(directory, ["--no-router"]).status == 0)
    }

    @Test("Routers inside the checkpoint are used before a file, and --no-router leaves them out by name")
    func insideTheCheckpoint() throws {
        let directory = try routed()
        try directory.write(TinyCheckpoint().stageOne().file, to: "model.safetensors")
        let inside = try convert(directory)
        #expect(inside.status == 0 && !inside.errors.contains("using the routers"), "\(inside.errors)")
        #expect(inside.outputText.contains("linear: attention in 2"))
        let omitted = try convert(directory, ["--no-router"])
        #expect(omitted.status == 0 && omitted.errors.contains("--no-router leaves out the routers"))
        #expect(omitted.outputText.contains("none: every module runs"))
    }

    @Test("Options that have no effect or exclude each other are refused; an adapter given twice is noted")
    func options() throws {
        let directory = try routed()
        let routers = directory.file("routers.safetensors")
        for (options, text) in [
            (["--router", routers, "--router", routers], "--router was given 2 times"),
            (["--router", routers, "--no-router"], "either --router or --no-router"),
            (["--group-size", "32"], "--group-size is for int8"),
            (["--group-size", "32", "--outtype", "bf16"], "--group-size is for int8"),
        ] {
            let result = try convert(directory, options)
            #expect(result.status == 2 && result.errors.contains(text), "\(result.errors)")
        }
        #expect(try convert(directory, ["--group-size", "4", "--tensor-type", ".*mlp.*=int8"]).status == 0)
        try TinyAdapter().write(to: directory, "lora")
        let lora = directory.file("lora")
        let twice = try convert(directory, ["--lora", lora, "--lora", lora + "/:0.5"])
        #expect(twice.status == 0 && twice.errors.contains("the same adapter was given before"), "\(twice.errors)")
    }
}

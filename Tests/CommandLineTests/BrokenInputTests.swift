import TestSupport
import Testing

/// Broken inputs through the program: a clear error with rule, file and place, nothing written, no trap.
@Suite struct BrokenInputTests {
    @Test func theTableIsLargeEnough() {
        #expect(BrokenInput.all.count >= 40)
        #expect(Set(BrokenInput.all.map(\.name)).count == BrokenInput.all.count)
    }

    @Test(arguments: BrokenInput.all)
    func isRefused(_ input: BrokenInput) throws {
        let directory = try TemporaryDirectory()
        let outputs = try TemporaryDirectory()
        try input.prepare(directory)
        var arguments = ["convert", directory.path, "-o", outputs.file("model.skipgpt")]
        if directory.contents.contains("routers.safetensors") {
            arguments += ["--router", directory.file("routers.safetensors")]
        }
        if let adapter = input.adapter { arguments += ["--lora", directory.file(adapter)] }

        let result = try ToolProcess.run("skipc", arguments)

        #expect(!result.wasKilled)
        #expect(result.status == input.status, "\(result.errors)")
        #expect(result.errors.contains("skipc: error[\(input.rule)]: "), "\(result.errors)")
        #expect(result.errors.contains(input.mentions), "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(outputs.contents.isEmpty)
    }

    /// The table changes one thing each; unchanged, the checkpoint converts.
    @Test func theUnbrokenInputConverts() throws {
        let directory = try TemporaryDirectory()
        let outputs = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try ToolProcess.run(
            "skipc",
            [
                "convert", directory.path, "--router", directory.file("routers.safetensors"), "-o",
                outputs.file("model.skipgpt"),
            ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(outputs.contents == ["model.skipgpt"])
    }
}

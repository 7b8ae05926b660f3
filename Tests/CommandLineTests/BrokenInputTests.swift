import SkipDiagnostics
import SkipFiles
import TestSupport
import Testing

/// Broken inputs through the program: an error with rule, file and place, no output, no trap.
@Suite struct BrokenInputTests {
    @Test func namesAreUnique() {
        #expect(Set(BrokenInput.all.map(\.name)).count == BrokenInput.all.count)
    }

    @Test("An error with rule, file and place, and no output", arguments: BrokenInput.all)
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

    /// The rows of the table change one thing each. Without a change, the checkpoint converts.
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

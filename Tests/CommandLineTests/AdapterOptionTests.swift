import Foundation
import TestSupport
import Testing

/// How adapters and their scales are given, and what is said about tensors that are not used.
@Suite struct AdapterOptionTests {
    private let directory: TemporaryDirectory

    /// Prepares a checkpoint, and adapters `a` and `run:0.5`.
    init() throws {
        directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory, "a")
        try TinyAdapter(seed: 4).write(to: directory, "run:0.5")
    }

    private func merge(_ options: [String], to output: String) throws -> ToolProcess {
        try ToolProcess.run("skipc", ["merge", directory.path, "-o", directory.file(output)] + options)
    }

    private func weights(_ options: [String], _ output: String) throws -> Data {
        let result = try merge(options, to: output)
        try #require(result.status == 0, "\(result.errors)")
        return try Data(contentsOf: URL(fileURLWithPath: directory.file(output + "/model.safetensors")))
    }

    // MARK: Paths and scales

    /// Both forms are merged in the order of the command line, and the file records the scales.
    @Test func bothSpellingsOfAScaleGiveTheSameFile() throws {
        let (a, run) = (directory.file("a"), directory.file("run:0.5"))
        let colons = try weights(["--lora", a + ":-0.5", "--lora", run, "--lora", a + ":2"], "colons")
        let values = try weights(["--lora-scaled", a, "-0.5", "--lora", run, "--lora-scaled", a + ":2"], "values")
        #expect(colons == values)
        let other = try weights(["--lora", run, "--lora-scaled", a, "1.5"], "other")
        #expect(other != values)
    }

    @Test func aPathThatExistsIsNotSplit() throws {
        let result = try merge(["--lora", directory.file("run:0.5") + ":-3"], to: "merged")
        try #require(result.status == 0, "\(result.errors)")
        let inspection = try ToolProcess.run("skipc", ["inspect", directory.file("merged/model.safetensors")])
        #expect(inspection.outputText.contains("skipc.adapter.0.effective-scale = -6.0"))
        #expect(inspection.outputText.contains("skipc.adapter.0.name = run:0.5"))
    }

    @Test(arguments: [
        (["--lora", "DIR/a:abc"], #"there is no such path, and "abc" is not a scale for"#),
        (["--lora", "DIR/a:"], "no scale after the colon; write"), (["--lora", "DIR/a:nan"], "is not a scale"),
        (["--lora", "DIR/a:0x1"], "is not a scale"), (["--lora", "DIR/a:1e7"], "at most 1000000"),
        (["--lora", "C:0.5"], #"neither "C:0.5" nor "C""#), (["--lora", ":0.5"], "no path before the colon"),
        (["--lora", "DIR/a:0.5:0.5"], #"a:0.5""#),
        (["--lora-scaled", "DIR/a"], "no scale; write --lora-scaled PATH SCALE"),
        (["--lora-scaled", "DIR/a", "inf"], #""inf" is not a scale"#),
        (["--lora-scaled", "DIR/a", "DIR/run:0.5"], "write --lora-scaled PATH SCALE"),
        (["--lora-scaled", "DIR/a", "--lora", "DIR/a"], "no scale"), (["--lora-scaled"], "Missing value"),
    ])
    func unusableScalesAreUsageErrors(_ options: [String], _ message: String) throws {
        let options = options.map { $0.replacingFirst("DIR", with: directory.path) }
        let result = try merge(options, to: "merged")
        #expect(result.status == 2)
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(!directory.contents.contains("merged"))
    }

    // MARK: Tensors that are not used

    /// PEFT does not load tensors of modules that the configuration does not target.
    @Test func tensorsThatAreNotTargetedAreLeftOutWithANote() throws {
        var adapter = TinyAdapter()
        adapter.set("target_modules", "\".*layers\\\\.1\\\\.self_attn\\\\.\\\\w+\"")
        try adapter.write(to: directory, "narrow")
        let narrow = try weights(["--lora", directory.file("narrow")], "merged")
        let result = try merge(["--lora", directory.file("narrow"), "--ledger"], to: "again")
        #expect(
            result.errors.contains("left out base_model.model.model.layers.0.mlp.gate_proj.lora_A.weight: adapter_"))
        #expect(result.outputText.contains("narrow: 2 of 8 tensors"))
        adapter.model.tensors.removeAll { !$0.name.contains("layers.1.self_attn") }
        try adapter.write(to: directory, "narrow")
        #expect(try narrow == weights(["--lora", directory.file("narrow")], "expected"))
        // A module without tensors does not change, which a note says.
        adapter.set("target_modules", "[\"q_proj\"]")
        try adapter.write(to: directory, "narrow")
        let missing = try merge(["--lora", directory.file("narrow")], to: "missing")
        #expect(missing.status == 0)
        #expect(
            missing.errors.contains("narrow: no tensors for model.layers.0.self_attn.q_proj, which adapter_config.json")
        )
    }

    @Test func absentFieldsHavePEFTsDefaultsWithANote() throws {
        var adapter = TinyAdapter()
        adapter.fields.removeAll { ["lora_alpha", "target_modules"].contains($0.key) }
        try adapter.write(to: directory, "short")
        let result = try merge(["--lora", directory.file("short")], to: "merged")
        #expect(result.status == 0)
        let assumed = "lora_alpha = 8, target_modules = [\"q_proj\", \"v_proj\"]"
        #expect(result.errors.contains("PEFT's default is used: " + assumed))
        let inspection = try ToolProcess.run("skipc", ["inspect", directory.file("short")])
        #expect(inspection.outputText.contains(assumed))
        #expect(inspection.outputText.contains("4 tensors of modules that are not targeted"))
        #expect(inspection.outputText.contains("2 × q_proj"))
    }
}

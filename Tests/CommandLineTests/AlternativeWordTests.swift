import Foundation
import TestSupport
import Testing

/// Words from other programs are accepted with a note, or answered with the right one.
@Suite struct AlternativeWordTests {
    private func tiny() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        return directory
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func wordsOfOtherProgramsDoTheSame() throws {
        let directory = try tiny()
        let inputs = ["convert", directory.path, "--router", directory.file("routers.safetensors")]
        let own = inputs + ["--lora", directory.file("lora"), "-o", directory.file("own.skipgpt"), "--outtype"]
        let forms: [(type: String, words: [String], notes: [String])] = [
            ("int8", ["-q", "--outfile", "OUT"], ["-q is called --outtype", "--outfile is called --output"]),
            ("int8", ["--quantize", "q8_0", "-o", "OUT"], ["q8_0 is called int8"]),
            ("f16", ["--dtype=fp16", "--outfile=OUT"], ["--dtype is called --outtype", "fp16 is called f16"]),
            ("bf16", ["--outtype", "bfloat16", "-o", "OUT"], ["bfloat16 is called bf16"]),
        ]
        for (index, form) in forms.enumerated() {
            let output = directory.file("\(index).skipgpt")
            let expected = try ToolProcess.run("skipc", own + [form.type, "--force"])
            #expect(expected.status == 0 && !expected.errors.contains("is called"), "\(expected.errors)")
            let words = form.words.map { $0.replacingFirst("OUT", with: output) }
            let result = try ToolProcess.run("skipc", inputs + ["--adapter-path", directory.file("lora")] + words)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("skipc: note: --adapter-path is called --lora\n"))
            for note in form.notes { #expect(result.errors.contains("skipc: note: \(note)\n"), "\(result.errors)") }
            #expect(try bytes(output) == bytes(directory.file("own.skipgpt")))
        }
        for (word, command) in [
            ("check", "validate"), ("verify", "validate"), ("info", "inspect"), ("show", "inspect"),
        ] {
            let result = try ToolProcess.run("skipc", [word, directory.file("0.skipgpt")])
            #expect(result.status == 0 && result.errors.contains("\(word) is called \(command)"), "\(result.errors)")
        }
        #expect(try ToolProcess.run("skipc", ["generate"]).errors.contains("generate is called run"))
    }

    @Test(
        "Other words are answered",
        arguments: [
            (["convrt", "x"], "Unknown command 'convrt'. Did you mean 'convert'?"), (["quantise"], "'quantize'"),
            (["frobnicate"], "skipc --help lists the commands"), (["chat"], "skipc run FILE -p TEXT"),
            (["pull", "a/b"], "hf download"), (["model.skipgpt"], "skipc run model.skipgpt -p TEXT"),
            (["convert", "x", "-o", "-"], "a file of that name is ./-"),
            (["convert", "x", "--outfile=-"], "a file of that name is ./-"),
            (["run", "x", "-p", "y", "--sead", "1"], "Did you mean '--seed'?"),
            (["quantize", "x"], "hint: skipc quantize --help lists the options"),
            (["convert", "x", "-o", "y", "--outtype", "q4"], "'f32', 'f16', 'bf16' or 'int8'"),
        ])
    func answers(_ arguments: [String], _ words: String) throws {
        let result = try ToolProcess.run("skipc", arguments)
        #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
        // One line, and the hint where to read on.
        #expect(result.errors.hasPrefix("skipc: error: ") && result.errors.filter { $0 == "\n" }.count == 2)
        #expect(result.errors.contains("\n  hint: "))
    }

    @Test("The name of a repository of the Hub is answered with how to download it")
    func hubNames() throws {
        let adapter = ["convert", RepositoryPaths.bard, "--dry-run", "--lora", "Owner/Name-1.0"]
        for arguments in [
            ["convert", "Owner/Name-1.0", "--dry-run"], ["inspect", "Owner/Name-1.0"], adapter,
            ["run", "Owner/Name-1.0", "-p", "x"],
        ] {
            let result = try ToolProcess.run("skipc", arguments)
            #expect(result.status == 4 && result.errors.contains("hf download Owner/Name-1.0 --local-dir Name-1.0"))
        }
        for path in ["./a/b", "a/b/c", "/a/b", "a", "a/b c"] {
            #expect(try !ToolProcess.run("skipc", ["inspect", path]).errors.contains("hf download"))
        }
    }

    @Test(arguments: [["run", "x", "-p", "y", "--chat"], ["convert", "x", "-o", "y", "--frce-it-all"]])
    func suggestionsThatAreNotSimilarAreLeftOut(_ arguments: [String]) throws {
        let result = try ToolProcess.run("skipc", arguments)
        #expect(result.status == 2 && result.errors.lowercased().contains("unknown option"), "\(result.errors)")
        #expect(!result.errors.contains("Did you mean"), "\(result.errors)")
    }

    @Test func whatFollowsTwoHyphensIsNotReplaced() throws {
        let result = try ToolProcess.run("skipc", ["validate", "--", "--outfile"])
        #expect(result.status == 4 && result.errors.contains("--outfile"), "\(result.errors)")
    }
}

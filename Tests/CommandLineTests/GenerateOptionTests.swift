import Foundation
import SkipGenerate
import TestSupport
import Testing

/// `skipc run` and `skiprun`: the same options, outputs and errors.
@Suite struct GenerateOptionTests {
    /// The bundled example, converted once for all tests.
    private static let bard: (path: String, directory: TemporaryDirectory)? = {
        guard let directory = try? TemporaryDirectory() else { return nil }
        let model = directory.file("bard.skipgpt")
        let arguments = ["convert", RepositoryPaths.bard, "-o", model]
        guard let converted = try? ToolProcess.run("skipc", arguments), converted.status == 0 else { return nil }
        try? directory.write("ROMEO:\n", to: "prompt.txt")
        return (model, directory)
    }()

    private struct Run: Equatable {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs a program on words in which BARD is the model and PROMPT a file. The name of the program is removed from
    /// what it prints.
    private func run(_ program: String, _ words: [String], input: String? = nil) throws -> Run {
        let bard = try #require(Self.bard)
        let paths = ["BARD": bard.path, "PROMPT": bard.directory.file("prompt.txt")]
        let script = input.map { "printf '\($0)' | \"$0\" \"$@\"" }
        let result = try ToolProcess.run(
            program, (program == "skipc" ? ["run"] : []) + words.map { paths[$0] ?? $0 }, through: script)
        func neutral(_ text: String) -> String {
            let names = [
                bard.directory.path: "DIR", "skipc run": "PROGRAM", "skiprun": "PROGRAM", "skipc:": "PROGRAM:",
            ]
            return names.sorted { $0.key.count > $1.key.count }
                .reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
        return Run(status: result.status, output: neutral(result.outputText), errors: neutral(result.errors))
    }

    /// Runs both programs and requires the same result.
    private func both(_ words: String, input: String? = nil) throws -> Run {
        let words = words.split(separator: " ").map(String.init)
        let result = try run("skiprun", words, input: input)
        #expect(try run("skipc", words, input: input) == result, "\(words)")
        return result
    }

    @Test("Mistakes are one line and a hint, exit code 2, the same in both programs")
    func mistakes() throws {
        for (words, text) in [
            ("", "no file given"), ("BARD", "no prompt given"), ("-p", "-p needs a value: TEXT"),
            ("BARD other -p x", "one file only"), ("BARD -p x -f PROMPT", "one prompt only"),
            ("BARD -p x --what=1", "unknown option --what\n"),
            ("BARD -p x -n many", "from 0 to 2147483647, not \"many\""),
            ("BARD -p x --json=1", "--json has no value"), ("BARD -p x --min-p 2", "from 0.0 to 1.0"),
            ("BARD -p x --root-hash 12", "64 hexadecimal digits"),
            ("BARD -p x --skip-bias=nan", "--skip-bias needs a number"),
        ] {
            let result = try both(words)
            #expect(result.status == 2 && result.output.isEmpty)
            #expect(result.errors.hasPrefix("PROGRAM: error: ") && result.errors.contains(text), "\(result.errors)")
            #expect(result.errors.hasSuffix("\n  hint: PROGRAM --help lists the options\n"))
            #expect(result.errors.filter { $0 == "\n" }.count == 2)
        }
    }

    @Test("Every way to name the model and the prompt generates the same text")
    func prompts() throws {
        let expected = try both("BARD -p ROMEO: -n 8")
        #expect(expected.status == 0 && expected.output.hasPrefix("ROMEO:") && expected.errors.isEmpty)
        for words in ["-m BARD -f PROMPT -n 8", "--n-predict=8 -p ROMEO: -- BARD"] {
            #expect(try both(words) == expected, "\(words)")
        }
        #expect(try both("BARD -p - -n 8", input: "ROMEO:\\n") == expected)
        #expect(try both("BARD -p ROMEO: -n 8 --no-echo").output == String(expected.output.dropFirst(6)))
    }

    @Test("Biases below 0 are accepted in both forms and skip more")
    func skipBias() throws {
        let separate = try both("BARD -p ROMEO: -n 8 --skip-bias -0.5")
        #expect(separate.status == 0)
        func executed(_ words: String) throws -> Double {
            let object = try json(words)
            let executed = object["executed"] as? [String: [String: Double]]
            return try #require(executed?["generation"]?["mlp"])
        }
        let fewer = try executed("BARD -p ROMEO: -n 8 --skip-bias=-9 --json")
        #expect(try fewer < executed("BARD -p ROMEO: -n 8 --json"))
        #expect(try executed("BARD -p ROMEO: -n 8 --skip-bias -9 --json") == fewer)
    }

    private func json(_ words: String) throws -> [String: Any] {
        let result = try run("skiprun", words.split(separator: " ").map(String.init))
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test("--json prints one object with text, ids, timings and shares; skipc prints the same keys")
    func jsonObject() throws {
        let plain = try run("skiprun", ["BARD", "-p", "ROMEO:", "-n", "8", "--no-echo"])
        let object = try json("BARD -p ROMEO: -n 8 --json")
        #expect((object["text"] as? String).map { $0 + "\n" } == plain.output)
        #expect((object["ids"] as? [Int])?.count == 8 && object["prompt"] as? String == "ROMEO:")
        #expect(object["stopReason"] as? String == "tokenLimit")
        let timings = try #require(object["timings"] as? [String: Double])
        #expect(timings["generationTokens"] == 7 && (timings["promptMilliseconds"] ?? 0) > 0)
        let other = try run("skipc", ["BARD", "-p", "ROMEO:", "-n", "8", "--json"])
        let others = try JSONSerialization.jsonObject(with: Data(other.output.utf8)) as? [String: Any]
        #expect(others?.keys.sorted() == object.keys.sorted() && other.output.filter { $0 == "\n" }.count == 1)
    }

    @Test("A stop string ends the text before it, also if it is divided between tokens")
    func stopStrings() throws {
        let text = try run("skiprun", ["BARD", "-p", "ROMEO:", "-n", "24", "--no-echo"]).output
        // Every part of the text is a stop string; some are divided between tokens.
        for start in [2, 5, 9, 14] {
            let characters = Array(text)
            let stop = String(characters[start..<min(start + 6, characters.count - 1)])
            let words = ["BARD", "-p", "ROMEO:", "-n", "24", "--no-echo", "--stop", "\u{1}", "--stop", stop]
            let result = try run("skiprun", words)
            let expected = text.components(separatedBy: stop)[0]
            #expect(result.output == expected + "\n" && result.errors.isEmpty)
            #expect(try run("skipc", words) == result)
        }
        let object = try json("BARD -p ROMEO: -n 24 --json --stop e")
        #expect(object["stopReason"] as? String == "stopString" && object["stopString"] as? String == "e")
        #expect((object["text"] as? String)?.contains("e") == false)
    }

    @Test("Draws are the same in both programs, and options without effect are noted")
    func sampling() throws {
        let options = "BARD -p ROMEO: -n 12 --temp 1.2 --top-k 20 --top-p 0.9 --min-p 0.02 --repeat-penalty 1.3 --seed "
        #expect(try both(options + "1") != both(options + "2"))
        let unused = try both("BARD -p ROMEO: -n 2 --top-k 5 --seed 3")
        #expect(unused.status == 0)
        #expect(unused.errors.contains("note: at temperature 0 nothing is drawn, so --top-k, --seed changed nothing"))
    }

    @Test("--verify and --root-hash refuse a file with one changed bit before the first token")
    func checks() throws {
        let bard = try #require(Self.bard)
        let rootHash = try #require(try json("BARD -p x -n 0 --json")["rootHash"] as? String)
        let good = try both("BARD -p ROMEO: -n 2")
        #expect(try both("BARD -p ROMEO: -n 2 --verify --root-hash " + rootHash) == good)
        let other = try both("BARD -p x --root-hash " + String(repeating: "0", count: 64))
        #expect(
            other.status == 1 && other.output.isEmpty && other.errors.contains("its root hash is \(rootHash), not 0000")
        )

        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: bard.path)))
        // In the weights, which only --verify reads, and in the tokenizer, whose hash the root hash covers.
        let word = try #require(bytes.firstRange(of: Array("sword".utf8)) ?? bytes.firstRange(of: Array("the".utf8)))
        for (offset, options) in [(bytes.count - 5000, "--verify"), (word.lowerBound, "--root-hash \(rootHash)")] {
            var damaged = bytes
            damaged[offset] ^= 1
            try bard.directory.write(damaged, to: "damaged.skipgpt")
            let path = bard.directory.file("damaged.skipgpt")
            let result = try both("\(path) -p x -n 2 \(options)")
            #expect(result.status == 3 && result.output.isEmpty && result.errors.contains("damaged: "), "\(result)")
        }
    }

    @Test("The help names every option, and is that of `skipc help run`")
    func help() throws {
        let help = try both("--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        for option in GenerateOption.allCases {
            for name in option.entry.names { #expect(help.output.contains(name), "\(name)") }
        }
        let text = try ToolProcess.run("skipc", ["help", "run"]).outputText
        #expect(text.contains("USAGE: skipc run <file>"))
        #expect(text.replacingOccurrences(of: "skipc run", with: "PROGRAM") == help.output)
    }

    @Test("The declarations of `run` for completions have the names of the table")
    func declarations() throws {
        let dump = try ToolProcess.run("skipc", ["--experimental-dump-help"]).output
        let tool = try JSONSerialization.jsonObject(with: Data(dump)) as? [String: Any]
        let commands = (tool?["command"] as? [String: Any])?["subcommands"] as? [[String: Any]]
        let run = try #require(commands?.first { $0["commandName"] as? String == "run" })
        let arguments = try #require(run["arguments"] as? [[String: Any]])
        let names = arguments.flatMap { $0["names"] as? [[String: String]] ?? [] }.compactMap { $0["name"] }
        let expected = GenerateOption.allCases.flatMap(\.entry.names).map { $0.drop { $0 == "-" } }.map(String.init)
        #expect(Set(names).union(["h", "help", "version"]) == Set(expected))
    }
}

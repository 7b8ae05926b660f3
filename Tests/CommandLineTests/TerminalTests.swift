import SkipDiagnostics
import TestSupport
import Testing

/// Colors and progress: on terminals only.
@Suite struct TerminalTests {
    private static let escape: Character = "\u{1B}"

    /// A directory with a converted model, `model.skipgpt`.
    private func converted() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try ToolProcess.run(
            "skipc", ["convert", directory.path, "--tokenizer", "none", "-o", directory.file("model.skipgpt")])
        try #require(result.status == 0, "\(result.errors)")
        return directory
    }

    @Test("Verdicts and errors are colored on a terminal only, and not with NO_COLOR")
    func colors() throws {
        let directory = try converted()
        let file = directory.file("model.skipgpt")
        let colored = ["TERM": "xterm", "NO_COLOR": ""]
        let good = try ToolProcess.runOnTerminal("skipc", ["validate", file], environment: colored)
        #expect(good.status == 0 && good.text.contains("\(file): \u{1B}[32mgood\u{1B}[0m, root hash "))
        for program in ["skipc", "skiprun"] {
            let arguments = program == "skipc" ? ["inspect", "/none"] : ["/none", "-p", "x"]
            let error = try ToolProcess.runOnTerminal(program, arguments, environment: colored)
            #expect(error.text.hasPrefix("\(program): \u{1B}[1;31merror"), "\(error.text)")
            for environment in [["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "dumb", "NO_COLOR": ""]] {
                let plain = try ToolProcess.runOnTerminal(program, arguments, environment: environment)
                #expect(plain.text.hasPrefix("\(program): error") && !plain.text.contains(Self.escape))
            }
            let piped = try ToolProcess.run(program, arguments, environment: colored)
            #expect(piped.errors.hasPrefix("\(program): error") && !piped.errors.contains(Self.escape))
        }
        let json = try ToolProcess.runOnTerminal("skipc", ["validate", file, "--json"], environment: colored)
        #expect(json.text.hasPrefix("{") && !json.text.contains(Self.escape))
    }

    @Test("Names from files stay escaped beside colors")
    func escaping() throws {
        let name = "a\u{1B}[5mb"
        let result = try ToolProcess.runOnTerminal(
            "skipc", ["validate", name], environment: ["TERM": "xterm", "NO_COLOR": ""])
        #expect(!result.text.contains("\u{1B}[5m") && result.text.contains("a\\x1b[5mb"), "\(result.text)")
    }

    @Test func oneTypeDecidesWhatAStreamShows() {
        func features(_ environment: [String: String], isTerminal: Bool = true) -> TerminalFeatures {
            TerminalFeatures(isTerminal: isTerminal) { environment[$0] }
        }
        let full = features(["TERM": "xterm-256color"])
        #expect(full.hasColors && full.canRedraw)
        #expect(features(["TERM": "xterm", "NO_COLOR": ""]).hasColors)
        let monochrome = features(["TERM": "xterm", "NO_COLOR": "0"])
        #expect(!monochrome.hasColors && monochrome.canRedraw)
        for environment in [["TERM": "dumb"], ["TERM": ""], [:]] { #expect(features(environment) == .none) }
        #expect(features(["TERM": "xterm"], isTerminal: false) == .none)
        let text: StyledText = "a\u{1B}[1m: " + StyledText("good", .good)
        #expect(text.printable(on: full) == "a\\x1b[1m: \u{1B}[32mgood\u{1B}[0m")
        #expect(text.printable(on: .none) == "a\\x1b[1m: good")
    }

    @Test("--progress plain prints lines to standard error only")
    func progress() throws {
        let directory = try converted()
        try directory.write("[\((0..<16).map { "\($0)" }.joined(separator: ", "))]", to: "ids.json")
        let file = directory.file("model.skipgpt")
        let ids = ["--ids", directory.file("ids.json")]
        for command in [
            ["bench", file, "-p", "4", "-n", "4"], ["perplexity", file, "--ctx", "8"] + ids,
            ["parity", file, file] + ids,
            ["validate", file], ["diff", file, file],
        ] {
            for style in ["plain", "none"] {
                let result = try ToolProcess.run("skipc", command + ["--progress", style, "--json"])
                #expect(result.status == 0 && result.outputText.hasPrefix("{"), "\(result.errors)")
                // What takes less than half a second shows nothing.
                if style == "none" { #expect(result.errors.isEmpty) }
            }
        }
        // 200 runs of bench take longer than that.
        let long = ["bench", file, "-p", "8", "-n", "0", "-r", "1000000", "--progress"]
        let script = #"timeout -s KILL 1.5 "$0" "$@"; true"#
        let plain = try ToolProcess.run("skipc", long + ["plain"], through: script)
        #expect(plain.errors.contains(/^bench pp8: [0-9]+%  [0-9]+ of 8000008 tokens  [0-9.]+ tokens\/s  .+ left\n/))
        #expect(plain.output.isEmpty)
        // The shell may report that it killed the program.
        #expect(try !ToolProcess.run("skipc", long + ["none"], through: script).errors.contains("bench pp8"))
    }
}

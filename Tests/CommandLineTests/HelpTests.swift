import Foundation
import SkipFiles
import TestSupport
import Testing

/// `--help` and `--version` of both programs.
@Suite struct HelpTests {
    private static let terminal = ["COLUMNS": "80"]

    private func output(_ program: String, _ words: [String], _ environment: [String: String] = terminal) throws
        -> String
    {
        let result = try ToolProcess.run(program, words, environment: environment)
        #expect(result.status == 0 && result.errors.isEmpty, "\(program) \(words): \(result.errors)")
        return result.outputText
    }

    @Test("The help of every command ends with examples of that command, and fits 80 columns")
    func help() throws {
        let root = try output("skipc", ["--help"])
        let commands = root.split(separator: "\n")
            .filter { $0.hasPrefix("  ") && $0.dropFirst(2).first?.isLowercase == true && !$0.hasPrefix("  skipc") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(commands.count >= 12 && commands.contains("convert"))
        var texts = [("skipc ", root), ("skiprun ", try output("skiprun", ["-h"]))]
        for command in commands { texts.append(("skipc \(command) ", try output("skipc", [command, "--help"]))) }
        for (command, text) in texts {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines where line.count > 80 { Issue.record("\(command): \(line)") }
            #expect(lines.contains { $0.hasPrefix("USAGE: " + command) }, "\(command)")
            let start = try #require(lines.firstIndex(of: "EXAMPLES:"), "\(command)")
            let examples = lines[(start + 1)...].filter { !$0.isEmpty }
            #expect(examples.first?.hasPrefix("  " + command) == true, "\(command)")
            for line in examples where !line.hasPrefix("  ") { Issue.record("\(command): \(line)") }
        }
    }

    @Test("`help COMMAND` is `COMMAND --help`, and the options of `convert` are in groups")
    func groups() throws {
        let text = try output("skipc", ["convert", "--help"])
        #expect(try output("skipc", ["help", "convert"]) == text)
        let titles = text.split(separator: "\n").filter { $0.hasSuffix(":") && $0.first?.isUppercase == true }
        #expect(
            titles == [
                "INPUTS:", "ADAPTERS:", "WEIGHTS:", "OUTPUT:", "ORIGIN:", "REPORT:", "PERFORMANCE:", "OPTIONS:",
                "EXAMPLES:",
            ])
    }

    @Test("--version: the program, its version and the commit, then the kernels and OpenBLAS")
    func version() throws {
        let environment = ["SKIPC_ISA": "scalar"]
        let skipc = try output("skipc", ["--version"], environment)
        for (program, text) in [("skipc", skipc), ("skiprun", try output("skiprun", ["--version"], environment))] {
            let lines = text.split(separator: "\n").map(String.init)
            // A plain `swift build` records no commit.
            #expect(lines[0] == "\(program) \(ToolVersion.text)")
            #expect(lines[1].split(separator: " ") == ["kernels", "scalar"])
            #expect(lines.count == (program == "skipc" ? 3 : 2))
        }
        #expect(skipc.contains(#/\nOpenBLAS  (\d+\.\d+|not installed)/#))
        #expect(try output("skipc", ["run", "--version"], environment) == skipc)
        #expect(try output("skipc", ["convert", "--version"], environment) == skipc)
        #expect(try ToolProcess.run("skipc", ["--version"], environment: ["SKIPC_ISA": "x87"]).status == 2)
    }
}

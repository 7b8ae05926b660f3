import Foundation
import TestSupport
import Testing

/// `skiprun`: its command line, exit codes and output.
@Suite struct SkiprunTests {
    /// The bundled example, converted once for all tests.
    private static let bard: (path: String, directory: TemporaryDirectory)? = {
        guard let directory = try? TemporaryDirectory() else { return nil }
        let model = directory.file("bard.skipgpt")
        let arguments = [
            "convert", RepositoryPaths.bard, "--router", RepositoryPaths.bard + "/routers.safetensors", "-o", model,
        ]
        guard let converted = try? ToolProcess.run("skipc", arguments), converted.status == 0 else { return nil }
        return (model, directory)
    }()

    private func run(
        _ arguments: String..., environment: [String: String] = [:], standardOutput: String? = nil
    ) throws -> ToolProcess {
        let path = try #require(Self.bard).path
        return try ToolProcess.run(
            "skiprun", arguments.map { $0 == "BARD" ? path : $0 }, environment: environment,
            standardOutput: standardOutput)
    }

    @Test(
        "Invalid command lines end with exit code 2 and name the help",
        arguments: [
            [], ["BARD"], ["-p", "x"], ["BARD", "-p"], ["BARD", "other", "-p", "x"], ["BARD", "-p", "x", "--what"],
            ["BARD", "-p", "x", "-n", "many"], ["BARD", "-p", "x", "-n", "-1"], ["BARD", "-p", "x", "-t", "0"],
            ["BARD", "-p", "x", "--temp", "-1"], ["BARD", "-p", "x", "--temp", "nan"],
            ["BARD", "-p", "x", "--top-p", "1.5"], ["BARD", "-p", "x", "--skip-bias", "inf"],
            ["BARD", "-p", "x", "--seed", "1.5"], ["BARD", "--ids", "1,,2"], ["BARD", "--ids", "-1"],
        ])
    func usage(_ arguments: [String]) throws {
        let path = try #require(Self.bard).path
        let result = try ToolProcess.run("skiprun", arguments.map { $0 == "BARD" ? path : $0 })
        #expect(result.status == 2 && !result.wasKilled)
        #expect(result.errors.hasPrefix("skiprun: error: "))
        #expect(result.errors.hasSuffix("\n  hint: skiprun --help lists the options\n"))
        #expect(result.errors.filter { $0 == "\n" }.count == 2)
        #expect(result.output.isEmpty)
    }

    @Test("Errors end with their exit codes, one line and at most one hint")
    func errors() throws {
        let outputs = try TemporaryDirectory()
        try outputs.write([UInt8](repeating: 1, count: 9000), to: "noise.skipgpt")
        let long = String(repeating: "so ", count: 2000)
        let cases: [(result: ToolProcess, status: Int32, text: String)] = [
            (try run(outputs.file("none"), "-p", "x"), 4, "No such file"),
            (try run("a\u{1B}[31m\u{202E}b", "-p", "x"), 4, #"a\x1b[31m\xe2\x80\xaeb: cannot open"#),
            (try run(outputs.path, "-p", "x"), 3, "error[SK-01]"),
            (try run(outputs.file("noise.skipgpt"), "-p", "x"), 3, "noise.skipgpt: byte 0"),
            (try run("BARD", "--ids", "1,1024"), 2, "token id 1024"),
            (try run("BARD", "-p", long), 2, "the model has 512 positions"),
            (try run("BARD", "-p", ""), 2, "no tokens"),
            (try run("BARD", "-p", "x", environment: ["SKIPC_ISA": "x87"]), 2, "one of scalar"),
        ]
        for (result, status, text) in cases {
            #expect(result.status == status && !result.wasKilled)
            #expect(result.errors.hasPrefix("skiprun: error") && result.errors.contains(text), "\(result.errors)")
            let lines = result.errors.split(separator: "\n").count
            #expect(lines == 1 || lines == 2 && result.errors.contains("\n  hint: "))
        }
        let full = try run("BARD", "-p", "x", "-n", "3", standardOutput: "/dev/full")
        #expect(full.status == 4 && full.errors.contains("No space left"))
        let help = try run("--help", standardOutput: "/dev/full")
        #expect(help.status == 4 && help.errors.contains("No space left"))
    }

    @Test("Every instruction set and every number of threads generates the same greedy text")
    func sameText() throws {
        let expected = try run("BARD", "-p", "ROMEO:", "-n", "24")
        #expect(expected.status == 0 && expected.errors.isEmpty && expected.output.count > 24)
        for environment in [["SKIPC_ISA": "scalar"], [:]] {
            for threads in ["1", "3"] {
                let result = try run("BARD", "-p", "ROMEO:", "-n", "24", "-t", threads, environment: environment)
                #expect(result.output == expected.output)
            }
        }
    }

    @Test("The seed determines the draws, and statistics go to stderr")
    func draws() throws {
        func text(seed: String) throws -> [UInt8] {
            try run("BARD", "-p", "ROMEO:", "-n", "24", "--temp", "1", "--top-p", "0.9", "--seed", seed).output
        }
        #expect(try text(seed: "1") == text(seed: "1"))
        #expect(try text(seed: "1") != text(seed: "2"))
        let routed = try run("BARD", "-p", "ROMEO:", "-n", "8", "--stats")
        #expect(routed.errors.contains("generation  7 tokens"))
        #expect(!routed.errors.contains("attention 100.0%"))
        let dense = try run("BARD", "-p", "ROMEO:", "-n", "8", "--stats", "--dense")
        #expect(dense.errors.contains("executed  attention 100.0%, MLP 100.0%"))
    }
}

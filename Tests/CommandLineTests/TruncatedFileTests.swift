import Foundation
import TestSupport
import Testing

/// A mapped file that another process truncates ends every command with a report, never with a bare SIGBUS.
@Suite struct TruncatedFileTests {
    /// A command line. `FILE` is the file that is truncated, `OTHER` another one, `TEXT` a text and `OUT` an output.
    struct Command: CustomTestStringConvertible, Sendable {
        let program: String
        let arguments: [String]
        /// The file is in int8.
        var isQuantized = false
        /// The command reads weights on threads that it starts after it opened the file.
        var startsThreads = true

        init(_ program: String, _ arguments: String) {
            self.program = program
            self.arguments = arguments.split(separator: " ").map(String.init)
        }

        var testDescription: String { ([program] + arguments).joined(separator: " ") }
    }

    private static let commands: [Command] = {
        var inspect = Command("skipc", "inspect FILE")
        inspect.startsThreads = false
        var dequantize = Command("skipc", "dequantize FILE -o OUT --threads 2")
        dequantize.isQuantized = true
        return [
            inspect, dequantize,
            Command("skipc", "validate FILE --threads 2"),
            Command("skipc", "quantize FILE -o OUT --threads 2"),
            Command("skipc", "diff FILE OTHER --threads 2"),
            Command("skipc", "diff OTHER FILE --threads 2"),
            Command("skipc", "parity FILE OTHER --text TEXT --threads 2"),
            Command("skipc", "parity OTHER FILE --text TEXT --threads 2"),
            Command("skipc", "perplexity FILE --text TEXT --ctx 16 --threads 2"),
            Command("skipc", "perplexity OTHER --against FILE --text TEXT --ctx 16 --threads 2"),
            Command("skipc", "run FILE -p Hello -n 2 --threads 2"),
            Command("skipc", "trace FILE -p Hello -o OUT --threads 2"),
            Command("skipc", "bench FILE --prompt-tokens 4 --tokens 2 --repetitions 1 --threads 2"),
            Command("skiprun", "FILE -p Hello -n 2 -t 2"),
        ]
    }()

    @Test(arguments: commands) func endsWithAReport(_ command: Command) throws {
        let directory = try TemporaryDirectory()
        let shim = try TruncatingShim.compile(in: directory)
        let original = try Self.prepare(directory, isQuantized: command.isQuantized)
        let file = directory.file("file.skipgpt")
        let values = [
            "FILE": file, "OTHER": directory.file("bard.skipgpt"), "TEXT": directory.file("text.txt"),
            "OUT": directory.file("out"),
        ]
        let moments = command.startsThreads ? TruncatingShim.Moment.allCases : [.mapped]
        for moment in moments {
            for byteCount in [0, 4096] {
                try original.write(to: URL(fileURLWithPath: file))
                let names = directory.contents
                let result = try ToolProcess.run(
                    command.program, command.arguments.map { values[$0] ?? $0 },
                    environment: TruncatingShim.environment(shim, truncating: file, to: byteCount, when: moment))

                #expect(!result.wasKilled)
                #expect(result.status == 4, "\(moment), \(byteCount) bytes: \(result.errors)")
                let report = try #require(
                    result.errors.wholeMatch(of: /(\w+): error\[SK-110\]: (.*): offset ([0-9]+): .*truncated.*\n/),
                    "\(result.errors)")
                #expect(report.output.1 == command.program)
                #expect(report.output.2 == file)
                let offset = try #require(Int(report.output.3))
                #expect(offset >= byteCount && offset < original.count)
                #expect(directory.contents == names)
            }
        }
    }

    /// Without a truncation, the commands succeed under the shim: it is the truncation that ends them.
    @Test(arguments: commands) func succeedsOtherwise(_ command: Command) throws {
        let directory = try TemporaryDirectory()
        let shim = try TruncatingShim.compile(in: directory)
        try Self.prepare(directory, isQuantized: command.isQuantized)
            .write(to: URL(fileURLWithPath: directory.file("file.skipgpt")))
        let values = [
            "FILE": directory.file("file.skipgpt"), "OTHER": directory.file("bard.skipgpt"),
            "TEXT": directory.file("text.txt"), "OUT": directory.file("out"),
        ]
        let result = try ToolProcess.run(
            command.program, command.arguments.map { values[$0] ?? $0 },
            environment: TruncatingShim.environment(shim, truncating: "", to: 0, when: .mapped))
        #expect(result.status == 0, "\(result.errors)")
    }

    /// Writes `bard.skipgpt` and `text.txt`. Returns the contents of the file to truncate.
    private static func prepare(_ directory: TemporaryDirectory, isQuantized: Bool) throws -> Data {
        try directory.write("Before we proceed any further, hear me speak. Speak, speak. Resolved.", to: "text.txt")
        let model = directory.file("bard.skipgpt")
        let converted = try ToolProcess.run(
            "skipc",
            [
                "convert", RepositoryPaths.bard, "--router", RepositoryPaths.bard + "/routers.safetensors", "-o", model,
            ])
        try #require(converted.status == 0, "\(converted.errors)")
        guard isQuantized else { return try Data(contentsOf: URL(fileURLWithPath: model)) }
        let quantized = directory.file("int8.skipgpt")
        let result = try ToolProcess.run("skipc", ["quantize", model, "-o", quantized])
        try #require(result.status == 0, "\(result.errors)")
        return try Data(contentsOf: URL(fileURLWithPath: quantized))
    }
}

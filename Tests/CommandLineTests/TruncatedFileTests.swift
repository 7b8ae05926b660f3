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

    @Test("SK-110: a file that shrinks ends the program with a report", arguments: commands) func endsWithAReport(
        _ command: Command
    ) throws {
        let directory = try TemporaryDirectory()
        let files = try Self.files.get()
        try directory.write(files.shim, to: "shim.so")
        try directory.write(files.float, to: "other.skipgpt")
        try directory.write("Before we proceed any further, hear me speak. Speak, speak. Resolved.", to: "text.txt")
        let original = command.isQuantized ? files.quantized : files.float
        let file = directory.file("file.skipgpt")
        try directory.write(original, to: "file.skipgpt")
        let values = [
            "FILE": file, "OTHER": directory.file("other.skipgpt"), "TEXT": directory.file("text.txt"),
            "OUT": directory.file("out"),
        ]
        func run(truncating path: String, to byteCount: Int, when moment: TruncatingShim.Moment) throws -> ToolProcess {
            try ToolProcess.run(
                command.program, command.arguments.map { values[$0] ?? $0 },
                environment: TruncatingShim.environment(
                    directory.file("shim.so"), truncating: path, to: byteCount, when: moment))
        }

        let names = directory.contents
        for moment in command.startsThreads ? TruncatingShim.Moment.allCases : [.mapped] {
            for byteCount in [0, 4096] {
                try directory.write(original, to: "file.skipgpt")
                let result = try run(truncating: file, to: byteCount, when: moment)

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

        // The command succeeds under the shim if nothing truncates the file.
        try directory.write(original, to: "file.skipgpt")
        let result = try run(truncating: "", to: 0, when: .mapped)
        #expect(result.status == 0, "\(result.errors)")
    }

    /// The files that the tests copy, made once: the shim, and the bundled example in floats and in int8.
    private static let files = Result {
        let directory = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        var arguments = ["convert", bard, "--router", bard + "/routers.safetensors", "-o"]
        arguments.append(directory.file("float.skipgpt"))
        let converted = try ToolProcess.run("skipc", arguments)
        try #require(converted.status == 0, "\(converted.errors)")
        let quantized = try ToolProcess.run(
            "skipc", ["quantize", directory.file("float.skipgpt"), "-o", directory.file("int8.skipgpt")])
        try #require(quantized.status == 0, "\(quantized.errors)")
        func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
        return (
            shim: try bytes(TruncatingShim.compile(in: directory)), float: try bytes(directory.file("float.skipgpt")),
            quantized: try bytes(directory.file("int8.skipgpt"))
        )
    }
}

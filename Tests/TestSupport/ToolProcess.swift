import Foundation

/// Runs a built program of this package and collects its output.
public struct ToolProcess {
    public let status: Int32
    public let output: [UInt8]
    public let errors: String
    /// Whether a signal ended the process. A trap is a signal.
    public let wasKilled: Bool

    public var outputText: String { String(decoding: output, as: UTF8.self) }

    /// Runs `name` (`skipc`, `skiprun`) from the directory of the test bundle and collects its output. With
    /// `standardOutput`, the standard output goes to that file instead.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], directory: String? = nil,
        standardOutput: String? = nil, through script: String? = nil
    ) throws -> ToolProcess {
        let program = productsDirectory + "/" + name
        // Files instead of pipes, because a full pipe would block the program.
        let scratch = try TemporaryDirectory()
        try scratch.write([], to: "out")
        let end = try SpawnedProcess(
            // In the script, $0 is the program, and the arguments start at $1.
            (script.map { ["/bin/bash", "-c", $0, program] } ?? [program]) + arguments,
            environment: ProcessInfo.processInfo.environment
                .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
                .merging(environment) { $1 },
            directory: directory, output: standardOutput ?? scratch.file("out"), errors: scratch.file("err")
        ).wait()
        return ToolProcess(
            status: end.status, output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("out")))),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: scratch.file("err"))), as: UTF8.self),
            wasKilled: end.wasKilled)
    }

    /// Runs a program whose standard output and standard error are a terminal, and returns what it prints there, with
    /// the carriage returns that the terminal adds. The output must be short, because it is read at the end.
    public static func runOnTerminal(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let terminal = try PseudoTerminal()
        let end = try SpawnedProcess(
            [productsDirectory + "/" + name] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, directory: nil,
            output: terminal.path, errors: terminal.path
        ).wait()
        return (end.status, terminal.readAll())
    }

    /// The directory of the programs, which is that of the test bundle.
    private static let productsDirectory: String = {
        let bundle = CommandLine.arguments.dropFirst().first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }()
}

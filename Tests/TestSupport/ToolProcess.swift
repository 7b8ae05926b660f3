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
        let process = Process()
        let program = productsDirectory.appendingPathComponent(name)
        // In the script, $0 is the program, and the arguments start at $1.
        process.executableURL = script == nil ? program : URL(fileURLWithPath: "/bin/bash")
        process.arguments = (script.map { ["-c", $0, program.path] } ?? []) + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
            .merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        // Files instead of pipes, because a full pipe would block the program.
        let scratch = try TemporaryDirectory()
        for file in ["out", "err"] { try scratch.write([], to: file) }
        process.standardOutput = try FileHandle(
            forWritingTo: URL(fileURLWithPath: standardOutput ?? scratch.file("out")))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.file("err")))
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return ToolProcess(
            status: process.terminationStatus,
            output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("out")))),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: scratch.file("err"))), as: UTF8.self),
            wasKilled: process.terminationReason == .uncaughtSignal)
    }

    /// The directory of the programs, which is that of the test bundle.
    private static var productsDirectory: URL {
        let bundle = CommandLine.arguments.dropFirst().first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }
}

import ArgumentParser
import SkipCompiler
import SkipQuantize
import SkipReport

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Convert a float .skipgpt file to int8: the same bytes as `convert --outtype int8` writes.",
        discussion: """
            The bytes are the same if the float file contains the values of the checkpoint: if it was converted with \
            --outtype auto or, with adapters, with --outtype f32. The whole source is verified first.
            """
    )

    @Argument(help: "The .skipgpt file.")
    var file: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String

    @Option(
        name: .customLong("outtype"), help: "Element type of the matrices: int8, f32, f16, bf16 or auto (as stored).")
    var outputType: OutputType = .int8

    @OptionGroup var types: OutputTypeOptions

    @OptionGroup var options: WriteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws { try types.checkEffect(with: outputType) }

    func run() throws {
        let start = ContinuousClock.now
        let reencoding = try Reencoding(quantizing: file, types: types.selection(outputType))
        let written = try options.write(reencoding, to: output, label: "quantize")
        let report = ReencodingReport(reencoding, output: output, written: written, since: start)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

/// The options of commands that write a `.skipgpt` file from another one.
struct WriteOptions: ParsableArguments {
    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    /// Writes a re-encoded file with progress under `label`.
    func write(_ reencoding: Reencoding, to path: String, label: String) throws -> WrittenFile {
        try LongOperation.run(label, threadCount: threads.count, progress: progress) { options in
            try reencoding.write(to: path, overwrite: force, options: options)
        }
    }
}

import ArgumentParser
import SkipCompiler
import SkipReport

/// The options of commands that write a `.skipgpt` file from another one.
struct ReencodingOptions: ParsableArguments {
    @OptionGroup(title: "Output") var target: OutputFileOptions

    @OptionGroup(title: "Report") var report: ReencodingReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    /// Writes a re-encoded file with progress under `label`, and prints the report.
    func write(_ reencoding: Reencoding, label: String, since start: ContinuousClock.Instant) throws {
        let written = try LongOperation.run(label, threadCount: threads.count, progress: report.progress.style) {
            options in
            try reencoding.write(to: target.output, overwrite: target.force, options: options)
        }
        let result = ReencodingReport(reencoding, output: target.output, written: written, since: start)
        try CommandOutput.write(result, result.text, asJSON: report.json)
    }
}

/// The file that a command writes.
struct OutputFileOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The .skipgpt file to write.", valueName: "file"), completion: .file())
    var output: String

    @Flag(help: "Replace an existing file.")
    var force = false
}

/// What a command that writes a `.skipgpt` file from another one reports.
struct ReencodingReportOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var progress: ProgressOptions
}

import ArgumentParser
import SkipEvaluate
import SkipFiles
import SkipReport

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two .skipgpt files.",
        usage: "skipc diff <first> <second> [<options>]",
        discussion: HelpText.discussion(
            """
            Compares configuration, tokenizer, every tensor bit by bit, and provenance. Prints a summary for each part \
            of the model: how many modules, tensors and values differ, the largest difference, the root mean square \
            (RMS), and the latter relative to the RMS of the values themselves. Exit code: 0 if the files are equal, \
            1 if they differ.
            """,
            examples: ["skipc diff old.skipgpt new.skipgpt", "skipc diff old.skipgpt new.skipgpt --all"])
    )

    @Argument(help: "A .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var first: String

    @Argument(help: "The .skipgpt file to compare it with.", completion: .file(extensions: ["skipgpt"]))
    var second: String

    @Flag(help: "Also list every tensor and every value that differs.")
    var all = false

    @Flag(help: "Compare the models only, not what the files record of their origin.")
    var ignoreProvenance = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    @OptionGroup var progress: ProgressOptions

    func run() throws {
        let comparison = try FileComparison(first, second)
        let reporter = ProgressReporter(progress.style)
        let options = WorkOptions(threadCount: threads.count, progress: { reporter.update("diff", $0) })
        let report = try DifferenceReport(
            comparison, paths: (first, second), options: options, ignoresProvenance: ignoreProvenance)
        reporter.finish()
        try CommandOutput.write(report, report.text(listsAll: all), asJSON: json)
        if !report.areEqual { throw Verdict(isGood: false) }
    }
}

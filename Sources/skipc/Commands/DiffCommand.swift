import ArgumentParser
import SkipEvaluate
import SkipReport

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two .skipgpt files.",
        usage: "skipc diff <first> <second> [<options>]",
        discussion: HelpText.discussion(
            """
            Compares configuration, tokenizer, every tensor bit by bit, and provenance. Exit code: 0 if the files are \
            equal, 1 if they differ.
            """,
            examples: ["skipc diff old.skipgpt new.skipgpt"])
    )

    @Argument(help: "A .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var first: String

    @Argument(help: "The .skipgpt file to compare it with.", completion: .file(extensions: ["skipgpt"]))
    var second: String

    @Flag(help: "Compare the models only, not what the files record of their origin.")
    var ignoreProvenance = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let comparison = try FileComparison(first, second)
        let report = try DifferenceReport(
            comparison, paths: (first, second), threadCount: threads.count, ignoresProvenance: ignoreProvenance)
        try CommandOutput.write(report, report.text, asJSON: json)
        if !report.areEqual { throw Verdict(isGood: false) }
    }
}

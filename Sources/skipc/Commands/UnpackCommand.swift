import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Restore the .skipgpt file from a .skipz package, and check every hash.",
        usage: "skipc unpack <package> [--base <old>] -o <file> [<options>]",
        discussion: HelpText.discussion(
            """
            The file gets its name only when it is complete. If the package ends early or has damaged blocks, the good \
            blocks are kept in FILE.partial, and the byte ranges that are missing are printed. The next run continues \
            from there.
            """,
            examples: [
                "skipc unpack model.skipz -o model.skipgpt",
                "skipc unpack update.skipz --base old.skipgpt -o new.skipgpt",
            ])
    )

    @Argument(
        help: ArgumentHelp("The package, or any part of a split one.", valueName: "package"),
        completion: .file(extensions: ["skipz"]))
    var file: String

    @OptionGroup(title: "Inputs") var base: PackageBaseOptions

    @OptionGroup(title: "Output") var target: OutputFileOptions

    @OptionGroup(title: "Output") var plan: PlanOptions

    @OptionGroup(title: "Report") var report: ReencodingReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    func run() throws {
        let start = ContinuousClock.now
        let package = try Package(
            opening: PartNames.siblings(of: file), base: base.file())
        var blocks: RestoredBlocks?
        if !plan.dryRun {
            blocks = try LongOperation.run(
                "unpack", threadCount: threads.count, progress: report.progress.style
            ) {
                try Unpacking(package).write(
                    to: OutputTarget(path: target.output, overwrite: target.force), options: $0)
            }
        }
        let result = UnpackReport(package, output: target.output, blocks: blocks, since: start)
        try CommandOutput.write(result, result.text, asJSON: report.json)
    }

    /// Whether only the tables are read.
    struct PlanOptions: ParsableArguments {
        @Flag(help: "Check the package's tables, and print what would be written.")
        var dryRun = false
    }
}

import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Rewrite the damaged blocks of a .skipgpt file in place, from a .skipz package of it.",
        usage: "skipc repair <file> --from <package> [<options>]",
        discussion: HelpText.discussion(
            """
            Good blocks are not written, so that an interrupted repair leaves the file no worse. Of the package, only \
            the beginning and the blocks that are needed must be there; --dry-run prints their byte ranges.
            """,
            examples: [
                "skipc repair model.skipgpt --from model.skipz --dry-run",
                "skipc repair model.skipgpt --from model.skipz",
            ])
    )

    @Argument(
        help: ArgumentHelp("The damaged .skipgpt file.", valueName: "file"),
        completion: .file(extensions: ["skipgpt"]))
    var file: String

    @OptionGroup(title: "Inputs") var source: SourceOptions

    @OptionGroup(title: "Inputs") var base: PackageBaseOptions

    @OptionGroup(title: "Report") var report: ReencodingReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    func run() throws {
        let package = try Package(
            opening: PartNames.siblings(of: source.package), base: base.file())
        let repair = Repair(package)
        let plan = try LongOperation.run("repair", threadCount: threads.count, progress: report.progress.style) {
            source.dryRun ? try repair.plan(file, options: $0) : try repair.run(file, options: $0)
        }
        let result = RepairReport(plan, package, file: file, wasRepaired: !source.dryRun)
        try CommandOutput.write(result, result.text, asJSON: report.json)
    }

    /// What a repair takes the blocks from.
    struct SourceOptions: ParsableArguments {
        @Option(
            name: .customLong("from"), help: ArgumentHelp("The package of the file.", valueName: "package"),
            completion: .file(extensions: ["skipz"]))
        var package: String

        @Flag(help: "Print what would be rewritten, and where the package has it.")
        var dryRun = false
    }
}

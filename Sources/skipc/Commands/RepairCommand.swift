import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Rewrite the damaged blocks of a .skipgpt file in place, from a .skipz package of it.",
        discussion: """
            Good blocks are not written, so that an interrupted repair leaves the file no worse. Of the package, only \
            the beginning and the blocks that are needed must be there; --dry-run prints their byte ranges.
            """
    )

    @Argument(help: "The damaged .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Option(
        name: .customLong("from"), help: ArgumentHelp("The package of the file.", valueName: "file.skipz"),
        completion: .file(extensions: ["skipz"]))
    var source: String

    @Option(
        help: ArgumentHelp("The .skipgpt file that a delta was made from.", valueName: "old.skipgpt"),
        completion: .file(extensions: ["skipgpt"]))
    var base: String?

    @Flag(help: "Print what would be rewritten, and where the package has it.")
    var dryRun = false

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let package = try Package(
            opening: PartNames.siblings(of: source), base: base.map { try BaseFile(opening: $0) })
        let repair = Repair(package)
        let plan = try LongOperation.run("repair", threadCount: threads.count, progress: progress) {
            dryRun ? try repair.plan(file, options: $0) : try repair.run(file, options: $0)
        }
        let report = RepairReport(plan, package, file: file, wasRepaired: !dryRun)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Restore the .skipgpt file from a .skipz package, and check every hash.",
        discussion: """
            The file gets its name only when it is complete. If the package ends early or has damaged blocks, the good \
            blocks are kept in FILE.partial, and the byte ranges that are missing are printed. The next run continues \
            from there.

            Examples:
              skipc unpack model.skipz -o model.skipgpt
              skipc unpack update.skipz --base old.skipgpt -o new.skipgpt
            """
    )

    @Argument(help: "The package, or any part of a split one.", completion: .file(extensions: ["skipz"]))
    var file: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String

    @Option(
        help: ArgumentHelp("The .skipgpt file that a delta was made from.", valueName: "old.skipgpt"),
        completion: .file(extensions: ["skipgpt"]))
    var base: String?

    @Flag(help: "Check the package's tables, and print what would be written.")
    var dryRun = false

    @OptionGroup var options: WriteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let start = ContinuousClock.now
        let package = try Package(
            opening: PartNames.siblings(of: file), base: base.map { try BaseFile(opening: $0) })
        var blocks: RestoredBlocks?
        if !dryRun {
            blocks = try LongOperation.run(
                "unpack", threadCount: options.threads.count, progress: options.progress
            ) {
                try Unpacking(package).write(
                    to: OutputTarget(path: output, overwrite: options.force), options: $0)
            }
        }
        let report = UnpackReport(package, output: output, blocks: blocks, since: start)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

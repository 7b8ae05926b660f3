import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Compress a .skipgpt file to a .skipz package, without loss and block by block.",
        usage: "skipc pack <file> [--base <old>] -o <package> [<options>]",
        discussion: HelpText.discussion(
            """
            Every block of the file is checked by its hash before it is packed. With --base, the package is a delta: it \
            holds only the blocks that the base does not have, and unpacking needs the base.
            """,
            examples: [
                "skipc pack model.skipgpt -o model.skipz",
                "skipc pack new.skipgpt --base old.skipgpt -o update.skipz",
            ])
    )

    @Argument(
        help: ArgumentHelp("The .skipgpt file.", valueName: "file"), completion: .file(extensions: ["skipgpt"]))
    var file: String

    @OptionGroup(title: "Inputs") var base: PackageBaseOptions

    @OptionGroup(title: "Output") var target: PackageOutputOptions

    @OptionGroup(title: "Report") var report: ReencodingReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    func run() throws {
        let start = ContinuousClock.now
        let packing = try Packing(file, base: base.file())
        let packed: [PackedFile] = try LongOperation.run(
            "pack", threadCount: threads.count, progress: report.progress.style
        ) {
            let output = OutputTarget(path: target.output, overwrite: target.force)
            if target.dryRun { return [try packing.measure(options: $0)] }
            guard let partLimit = target.partLimit else { return [try packing.write(to: output, options: $0)] }
            return try packing.writeParts(to: output, byteLimit: partLimit.byteCount, options: $0)
        }
        let result = PackReport(packed, output: target.output, wasWritten: !target.dryRun, since: start)
        try CommandOutput.write(result, result.text, asJSON: report.json)
    }
}

/// What `pack` writes.
struct PackageOutputOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The .skipz package to write.", valueName: "package"), completion: .file())
    var output: String

    @Option(
        name: .customLong("split-max-size"),
        help: ArgumentHelp(
            "Write parts of at most this size, NAME-00001-of-00005.skipz. Compresses twice.", valueName: "size"))
    var partLimit: ByteCountArgument?

    @Flag(help: "Compress without writing, and print the exact size.")
    var dryRun = false

    @Flag(help: "Replace an existing file.")
    var force = false
}

/// The base of a delta.
struct PackageBaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The .skipgpt file whose blocks a delta leaves out.", valueName: "old"),
        completion: .file(extensions: ["skipgpt"]))
    var base: String?

    /// Opens the base; nil without one.
    func file() throws -> BaseFile? { try base.map { try BaseFile(opening: $0) } }
}

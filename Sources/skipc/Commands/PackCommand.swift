import ArgumentParser
import SkipFiles
import SkipPackage
import SkipReport

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Compress a .skipgpt file to a .skipz package, without loss and block by block.",
        discussion: """
            Every block of the file is checked by its hash before it is packed. With --base, the package is a delta: it \
            holds only the blocks that the base does not have, and unpacking needs the base.

            Examples:
              skipc pack model.skipgpt -o model.skipz
              skipc pack new.skipgpt --base old.skipgpt -o update.skipz
            """
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipz"))
    var output: String

    @Option(
        help: ArgumentHelp("Leave out the blocks that this .skipgpt file has.", valueName: "old.skipgpt"),
        completion: .file(extensions: ["skipgpt"]))
    var base: String?

    @Option(
        name: .customLong("split-max-size"),
        help: ArgumentHelp(
            "Write parts of at most this size, NAME-00001-of-00005.skipz. Compresses twice.", valueName: "size"))
    var partLimit: ByteCountArgument?

    @Flag(help: "Compress without writing, and print the exact size.")
    var dryRun = false

    @OptionGroup var options: WriteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let start = ContinuousClock.now
        let packing = try Packing(file, base: base.map { try BaseFile(opening: $0) })
        let packed: [PackedFile] = try LongOperation.run(
            "pack", threadCount: options.threads.count, progress: options.progress
        ) {
            let target = OutputTarget(path: output, overwrite: options.force)
            if dryRun { return [try packing.measure(options: $0)] }
            guard let partLimit else { return [try packing.write(to: target, options: $0)] }
            return try packing.writeParts(to: target, byteLimit: partLimit.byteCount, options: $0)
        }
        let report = PackReport(packed, output: output, wasWritten: !dryRun, since: start)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

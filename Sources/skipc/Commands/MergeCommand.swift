import ArgumentParser
import SkipCompiler
import SkipDiagnostics
import SkipQuantize
import SkipReport

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge LoRA adapters into a checkpoint and write it back as a Hugging Face directory.",
        discussion: """
            Writes safetensors files, with an index if there are several, and copies the other files of MODEL_DIR. \
            Routers are written to routers.safetensors, which Transformers does not load. The directory gets its name \
            only when it is complete.
            """
    )

    @OptionGroup var inputs: ModelInputOptions

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The directory to write.", valueName: "out-dir"))
    var output: String

    @Option(name: .customLong("outtype"), help: "Element type of the weights: auto (as stored), f32, f16 or bf16.")
    var outputType: OutputType = .auto

    @Option(
        name: .customLong("max-shard-size"),
        help: ArgumentHelp(
            "The most bytes of tensors in one file: a number, with kB, MB, GB, KiB, MiB or GiB or without.",
            valueName: "size"))
    var shardLimit = ByteCountArgument(byteCount: CheckpointMerge.standardShardByteLimit)

    @Flag(help: "Follow symbolic links that leave MODEL_DIR, and copy what they point to.")
    var followSymlinks = false

    @OptionGroup var report: ReportOptions

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    func validate() throws {
        if outputType == .int8 {
            throw ValidationError("A checkpoint contains floats: --outtype int8 is for convert and quantize")
        }
    }

    func run() throws {
        let start = ContinuousClock.now
        let merge = try CheckpointMerge(
            inputs.frontEnd, outputType: outputType, shardByteLimit: shardLimit.byteCount, followsLinks: followSymlinks)
        CommandOutput.note(ConfigurationNotes.lines(merge.inputs.configurationNotes))
        CommandOutput.note(LeftOutNotes.lines(merge.inputs.leftOut))
        CommandOutput.note(AdapterNotes.repeated(inputs.lora.adapters))
        CommandOutput.note(AdapterNotes.lines(merge.inputs.adapters, modelDirectory: inputs.modelDirectory))
        let deltas = try LongOperation.run("merge", threadCount: threads.count, progress: progress) { options in
            try merge.write(
                to: output, measuresDeltas: report.needsDeltas, temporaryDirectory: Environment.temporaryDirectory,
                options: options)
        }
        let duration = ContinuousClock.now - start
        let ledger = LedgerReport(merge.inputs, deltas: deltas)
        let summary = MergeSummary(merge, output: output, duration: duration)
        try CommandOutput.write(
            CompilationReport(merge, output: output, duration: duration, ledger: ledger),
            summary.text + (report.ledger ? "\n" + ledger.text : ""), asJSON: report.json)
    }
}

/// A number of bytes, with or without a unit.
struct ByteCountArgument: ExpressibleByArgument {
    let byteCount: Int

    init(byteCount: Int) { self.byteCount = byteCount }

    private static let units: [(name: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000),
        ("GB", 1_000_000_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000),
    ]

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.name) }
        guard let number = Int(argument.dropLast(unit?.name.count ?? 0)), number > 0 else { return nil }
        let (byteCount, overflow) = number.multipliedReportingOverflow(by: unit?.factor ?? 1)
        if overflow { return nil }
        self.byteCount = byteCount
    }

    var defaultValueDescription: String { ByteCount.text(byteCount) }
}

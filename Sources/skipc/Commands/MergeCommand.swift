import ArgumentParser
import Convert
import Model
import Quantize

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge LoRA adapters into a checkpoint and write it back as a Hugging Face directory.",
        discussion: """
            Writes safetensors files, with an index if there are several, and copies the other files of MODEL_DIR. Routers \
            go to routers.safetensors, apart from what Transformers loads. The directory gets its name only when it is \
            complete.
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
            "Bytes of tensors in one file: a number, or one with kB, MB, GB, KiB, MiB or GiB.", valueName: "size"))
    var shardLimit = ByteCountArgument(byteCount: 5_000_000_000)

    @OptionGroup var report: ReportOptions

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    func validate() throws {
        if outputType == .int8 {
            throw ValidationError("A checkpoint holds floats: --outtype int8 is for convert and quantize")
        }
    }

    func run() throws {
        let start = ContinuousClock.now
        let merge = try CheckpointMerge(inputs.frontEnd, outputType: outputType, shardByteLimit: shardLimit.byteCount)
        LeftOutNotes.write(merge.inputs.leftOut)
        AdapterNotes.write(merge.inputs.adapters, modelDirectory: inputs.modelDirectory)
        let deltas = try merge.write(
            to: output, threadCount: threads.count, progress: progress, measuresDeltas: report.needsDeltas)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let figures = zip(deltas, merge.files).flatMap { $0.figures($1.weights.map { "\($0.name)" }) }
        let ledger = LedgerReport(merge.inputs, deltas: report.needsDeltas ? figures : nil)
        if report.json {
            return try StandardOutput.write(
                try JSONText.pretty(
                    MakingReport(
                        output: "\(ByteString(output))", byteCount: merge.fileByteCount, rootHash: nil,
                        seconds: seconds, blasKernel: merge.inputs.productKernelName, ledger: ledger)))
        }
        try StandardOutput.write(summary(merge, seconds: seconds) + (report.ledger ? "\n" + ledger.text : ""))
    }

    private func summary(_ merge: CheckpointMerge, seconds: Double) -> String {
        var lines: [(key: String, value: String)] = [
            ("wrote", "\(ByteString(output))"),
            (
                "size",
                "\(ByteCount.text(merge.fileByteCount)) in \(merge.files.count) files, "
                    + "\(Decimal.text(seconds, places: 2)) s"
            ),
        ]
        lines += merge.inputs.adapters.map { ("adapter", $0.summary) }
        if merge.routers != nil { lines.append(("routers", CheckpointMerge.routerFileName)) }
        return KeyValueLines.text(lines)
    }
}

/// A number of bytes, with a unit or without.
struct ByteCountArgument: ExpressibleByArgument {
    let byteCount: Int

    init(byteCount: Int) { self.byteCount = byteCount }

    private static let units: [(name: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000),
        ("GB", 1_000_000_000),
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

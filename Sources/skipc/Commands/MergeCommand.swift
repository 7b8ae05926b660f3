import ArgumentParser
import SkipCompiler
import SkipQuantize
import SkipReport

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge LoRA adapters into a checkpoint and write it back as a Hugging Face directory.",
        usage: "skipc merge <model-dir> --lora <path> -o <directory> [<options>]",
        discussion: HelpText.discussion(
            """
            Writes safetensors files, with an index if there are several, and copies the other files of MODEL-DIR. \
            Routers are written to routers.safetensors, which Transformers does not load. The directory gets its name \
            only when it is complete.
            """,
            examples: [
                "skipc merge smollm2 --lora adapter -o smollm2-merged",
                "skipc merge smollm2 --lora style:0.5 --lora facts -o smollm2-merged",
            ])
    )

    @OptionGroup(title: "Inputs") var inputs: ModelInputOptions

    @OptionGroup(title: "Adapters") var lora: AdapterOptions

    @OptionGroup(title: "Weights") var weights: MergedTypeOptions

    @OptionGroup(title: "Output") var target: MergeOutputOptions

    @OptionGroup(title: "Report") var report: ReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    func run() throws {
        let start = ContinuousClock.now
        let merge = try CheckpointMerge(
            inputs.frontEnd(lora), outputType: weights.type, shardByteLimit: target.shardLimit.byteCount,
            followsLinks: target.followSymlinks)
        CommandOutput.note(ConfigurationNotes.lines(merge.inputs.configurationNotes))
        CommandOutput.note(LeftOutNotes.lines(merge.inputs.leftOut))
        CommandOutput.note(AdapterNotes.repeated(lora.adapters))
        CommandOutput.note(AdapterNotes.lines(merge.inputs.adapters, modelDirectory: inputs.modelDirectory))
        let deltas = try LongOperation.run("merge", threadCount: threads.count, progress: report.progress.style) {
            options in
            try merge.write(
                to: target.output, overwrite: target.force, measuresDeltas: report.needsDeltas,
                temporaryDirectory: Environment.temporaryDirectory,
                options: options)
        }
        let duration = ContinuousClock.now - start
        let ledger = LedgerReport(merge.inputs, deltas: deltas)
        let summary = MergeSummary(merge, output: target.output, duration: duration)
        try CommandOutput.write(
            CompilationReport(merge, output: target.output, duration: duration, ledger: ledger),
            summary.text + (report.ledger ? "\n" + ledger.text : ""), asJSON: report.json)
    }
}

/// The element type of the weights that `merge` writes. A checkpoint contains floats.
struct MergedTypeOptions: ParsableArguments {
    enum FloatType: String, ExpressibleByArgument, CaseIterable {
        case auto, f32, f16, bf16
    }

    @Option(
        name: .customLong("outtype"),
        help: ArgumentHelp("Element type of the weights; auto: as they are stored.", valueName: "type"))
    var choice = FloatType.auto

    var type: OutputType { OutputType(rawValue: choice.rawValue) ?? .auto }
}

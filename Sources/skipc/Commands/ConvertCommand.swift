import ArgumentParser
import SkipCompiler
import SkipConvert
import SkipFiles
import SkipQuantize
import SkipReport

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a Hugging Face checkpoint and its routers to a .skipgpt file.",
        usage: "skipc convert <model-dir> [--router <path>] [--lora <path>] -o <file>",
        discussion: HelpText.discussion(
            """
            Reads config.json, the safetensors files (or pytorch_model.bin) and tokenizer.json (or tokenizer.model) \
            of MODEL-DIR. Every tensor is used or reported as left out; anything else is an error. The file gets its \
            name only when it is complete and has been read back.
            """,
            examples: [
                "skipc convert smollm2 --router routers.safetensors -o smollm2.skipgpt",
                "skipc convert smollm2 --router router.pth --lora adapter --outtype int8 \\",
                "  -o smollm2-int8.skipgpt",
                "skipc convert smollm2 --dry-run",
            ])
    )

    @OptionGroup(title: "Inputs") var inputs: ModelInputOptions

    @OptionGroup(title: "Inputs") var tokenizer: TokenizerOptions

    @OptionGroup(title: "Adapters") var lora: AdapterOptions

    @OptionGroup(title: "Weights") var weights: WeightOptions

    @OptionGroup(title: "Weights") var types: OutputTypeOptions

    @OptionGroup(title: "Output") var target: ConversionOutputOptions

    @OptionGroup(title: "Origin") var metadata: MetadataOptions

    @OptionGroup(title: "Report") var report: ReportOptions

    @OptionGroup(title: "Performance") var threads: ThreadOptions

    func validate() throws { try types.checkEffect(with: weights.type) }

    func run() throws {
        let start = ContinuousClock.now
        var frontEnd = inputs.frontEnd(lora)
        if !inputs.omitsRouters { frontEnd.routerFallback = .directory }
        let conversion = try LongOperation.run(
            "convert", threadCount: threads.count, progress: report.progress.style, cleansUp: false
        ) { options in
            try Conversion(
                frontEnd, types: types.selection(weights.type), tokenizer: tokenizer.choice ?? .modelDirectory,
                metadata: metadata.entries, hashesSources: metadata.hashSources && !target.dryRun, options: options)
        }
        let routerNotes = try RouterNotes.lines(
            conversion.inputs, modelDirectory: inputs.modelDirectory, isWithoutRouters: inputs.omitsRouters)
        if target.dump == .graph { return try StandardStream.output.write(conversion.graph.dump()) }
        CommandOutput.note(ConfigurationNotes.lines(conversion.inputs.configurationNotes))
        CommandOutput.note(LeftOutNotes.lines(conversion.inputs.leftOut))
        CommandOutput.note(routerNotes)
        CommandOutput.note(AdapterNotes.repeated(lora.adapters))
        CommandOutput.note(
            AdapterNotes.lines(conversion.inputs.adapters, modelDirectory: inputs.modelDirectory))
        CommandOutput.note(TokenizerNotes.lines(conversion.tokenizerFinding))
        var written: WrittenFile?
        if !target.dryRun, let output = target.output {
            written = try LongOperation.run(
                "convert", threadCount: threads.count, progress: report.progress.style
            ) { options in
                try conversion.write(
                    to: output, overwrite: target.force, measuresDeltas: report.needsDeltas,
                    temporaryDirectory: Environment.temporaryDirectory, options: options)
            }
        }
        try write(conversion, written, duration: ContinuousClock.now - start)
    }

    private func write(_ conversion: Conversion, _ written: WrittenFile?, duration: Duration) throws {
        let ledger = LedgerReport(conversion.inputs, deltas: written?.deltas)
        let compilation = CompilationReport(
            conversion, written: written, output: target.output, duration: duration, ledger: ledger)
        let summary = ConversionSummary(conversion)
        let text =
            written.map { summary.result(output: target.output ?? "", written: $0, duration: duration) } ?? summary.plan
        try CommandOutput.write(compilation, text + (report.ledger ? "\n" + ledger.text : ""), asJSON: report.json)
    }
}

/// The element type of the matrices that `convert` writes.
struct WeightOptions: ParsableArguments {
    @Option(
        name: .customLong("outtype"),
        help: ArgumentHelp("Element type of the matrices; auto: as they are stored.", valueName: "type"))
    var type: OutputType = .auto
}

import ArgumentParser
import SkipCompiler
import SkipConvert
import SkipFiles
import SkipQuantize
import SkipReport
import SkipRuntime

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a Hugging Face checkpoint and its routers to a .skipgpt file.",
        discussion: """
            Reads config.json, the safetensors files (or pytorch_model.bin) and tokenizer.json (or tokenizer.model) of \
            MODEL_DIR. Every tensor is used or reported as left out; anything else is an error. The file gets its name \
            only when it is complete and has been read back.
            """
    )

    @OptionGroup var inputs: ModelInputOptions

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String?

    @Option(
        name: .customLong("outtype"), help: "Element type of the matrices: auto (as stored), f32, f16, bf16 or int8.")
    var outputType: OutputType = .auto

    @OptionGroup var types: OutputTypeOptions

    @Option(
        help: ArgumentHelp(
            """
            The tokenizer.json or tokenizer.model to compile, or its directory, instead of that in MODEL_DIR. none: the \
            file accepts token ids only (a file of that name is ./none).
            """, valueName: "path|none"))
    var tokenizer: TokenizerChoice?

    @OptionGroup var metadata: MetadataOptions

    @Flag(help: "Record the SHA-256 of every whole input file, not only that of its header.")
    var hashSources = false

    @Flag(help: "Stop before weights are read, and print what would be written.")
    var dryRun = false

    @Option(help: "Print an intermediate representation and stop: graph.")
    var dump: DumpKind?

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var report: ReportOptions

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    func validate() throws {
        if output == nil, !dryRun, dump == nil { throw ValidationError("Give the file to write: -o FILE.skipgpt") }
        try types.checkEffect(with: outputType)
    }

    func run() throws {
        let start = ContinuousClock.now
        var frontEnd = inputs.frontEnd
        if !inputs.omitsRouters { frontEnd.routerFallback = .directory }
        let conversion = try LongOperation.run(
            "convert", threadCount: threads.count, progress: progress, cleansUp: false
        ) { options in
            try Conversion(
                frontEnd, types: types.selection(outputType), tokenizer: tokenizer ?? .modelDirectory,
                metadata: metadata.entries, hashesSources: hashSources && !dryRun, options: options)
        }
        let routerNotes = try RouterNotes.lines(
            conversion.inputs, modelDirectory: inputs.modelDirectory, wasRequested: inputs.omitsRouters)
        if dump == .graph { return try StandardStream.output.write(conversion.graph.dump()) }
        CommandOutput.note(ConfigurationNotes.lines(conversion.inputs.configurationNotes))
        CommandOutput.note(LeftOutNotes.lines(conversion.inputs.leftOut))
        CommandOutput.note(routerNotes)
        CommandOutput.note(AdapterNotes.repeated(inputs.lora.adapters))
        CommandOutput.note(
            AdapterNotes.lines(conversion.inputs.adapters, modelDirectory: inputs.modelDirectory))
        CommandOutput.note(TokenizerNotes.lines(conversion.tokenizerFinding))
        var written: WrittenFile?
        if !dryRun, let output {
            written = try LongOperation.run("convert", threadCount: threads.count, progress: progress) { options in
                try conversion.write(
                    to: output, overwrite: force, measuresDeltas: report.needsDeltas,
                    temporaryDirectory: Environment.temporaryDirectory, options: options)
            }
        }
        try write(conversion, written, duration: ContinuousClock.now - start)
    }

    private func write(_ conversion: Conversion, _ written: WrittenFile?, duration: Duration) throws {
        let ledger = LedgerReport(conversion.inputs, deltas: written?.deltas)
        let compilation = CompilationReport(
            conversion, written: written, output: output, duration: duration, ledger: ledger)
        let summary = ConversionSummary(conversion)
        let text = written.map { summary.result(output: output ?? "", written: $0, duration: duration) } ?? summary.plan
        try CommandOutput.write(compilation, text + (report.ledger ? "\n" + ledger.text : ""), asJSON: report.json)
    }
}

enum DumpKind: String, ExpressibleByArgument, CaseIterable {
    case graph
}

extension TokenizerChoice: ExpressibleByArgument {
    public init?(argument: String) {
        if argument.isEmpty { return nil }
        self = argument == "none" ? .none : .path(argument)
    }
}

/// The option of commands that work on several threads.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .customLong("threads")],
        help: "The number of threads; default: one per processor, fewer for a small model.")
    var requested: Int?

    static let limit = 256

    func validate() throws {
        if let requested, !(1...Self.limit).contains(requested) {
            throw ValidationError("Threads must be 1 to \(Self.limit)")
        }
    }

    var count: Int { requested ?? Session.processorCount }
}

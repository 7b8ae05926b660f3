import ArgumentParser
import Convert
import Model
import Quantize
import Runtime

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a Hugging Face checkpoint and its routers to a .skipgpt file.",
        discussion: """
            Reads config.json, the safetensors files (or pytorch_model.bin) and tokenizer.json of MODEL_DIR. Every tensor is used, named as left \
            out, or an error. The file gets its name only when it is complete and has been read back.
            """
    )

    @OptionGroup var inputs: ModelInputOptions

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String?

    @Option(
        name: .customLong("outtype"), help: "Element type of the matrices: auto (as stored), f32, f16, bf16 or int8.")
    var outputType: OutputType = .auto

    @OptionGroup var types: OutputTypeOptions

    @Flag(help: "Record the SHA-256 of every input file as a whole; without it only that of its header.")
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
    }

    func run() throws {
        let start = ContinuousClock.now
        let hash: (([InputFile]) throws -> [String])? =
            if hashSources, !dryRun {
                { try SourceHashPass.run($0, threadCount: threads.count, progress: progress) }
            } else {
                nil
            }
        let conversion = try Conversion(inputs.frontEnd, outputType: outputType, types: types, hashSources: hash)
        if dump == .graph { return try StandardOutput.write(conversion.graph.dump()) }
        LeftOutNotes.write(conversion.inputs.leftOut)
        AdapterNotes.write(conversion.inputs.adapters, modelDirectory: inputs.modelDirectory)
        if conversion.tokenizerTable == nil {
            StandardError.write("skipc: note: no tokenizer.json: the file will take token ids only\n")
        }
        let summary = ConversionSummary(conversion)
        guard !dryRun, let output else {
            func ledger() -> LedgerReport { LedgerReport(conversion.inputs) }
            if report.json { return try write(conversion, written: nil, since: start, ledger()) }
            return try StandardOutput.write(summary.plan + (report.ledger ? "\n" + ledger().text : ""))
        }
        let deltas = report.needsDeltas ? DeltaCollector() : nil
        let written = try conversion.write(
            to: output, overwrite: force, threadCount: threads.count, progress: progress, deltas: deltas)
        func ledger() -> LedgerReport {
            LedgerReport(conversion.inputs, deltas: deltas?.figures(conversion.graph.tensors.map { "\($0.id)" }))
        }
        if report.json { return try write(conversion, written: written, since: start, ledger()) }
        try StandardOutput.write(
            summary.result(output: output, written: written, duration: ContinuousClock.now - start)
                + (report.ledger ? "\n" + ledger().text : ""))
    }

    private func write(
        _ conversion: Conversion, written: WrittenFile?, since start: ContinuousClock.Instant, _ ledger: LedgerReport
    ) throws {
        try StandardOutput.write(
            try JSONText.pretty(
                MakingReport(
                    output: written == nil ? nil : output.map { ByteString($0).description },
                    byteCount: conversion.layout.fileByteCount, rootHash: written.map { "\($0.rootHash)" },
                    seconds: (ContinuousClock.now - start) / .seconds(1),
                    blasKernel: conversion.inputs.productKernelName, ledger: ledger,
                    quantization: written?.quantization)))
    }
}

enum DumpKind: String, ExpressibleByArgument, CaseIterable {
    case graph
}

/// `-t`, wherever work is spread over threads.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .customLong("threads")],
        help: "Threads; default: one per processor, fewer for a small model.")
    var requested: Int?

    static let limit = 256

    func validate() throws {
        if let requested, !(1...Self.limit).contains(requested) {
            throw ValidationError("Threads must be 1 to \(Self.limit)")
        }
    }

    var count: Int { requested ?? Session.processorCount }
}

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

    @Argument(help: ArgumentHelp("The checkpoint's directory.", valueName: "model-dir"))
    var modelDirectory: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The trained routers (.safetensors, .pth, .pt, .bin), if the checkpoint does not hold them.",
            valueName: "path"))
    var router: String?

    @Option(name: .customLong("outtype"), help: "Element type of the matrices: auto (as stored), f32, f16 or bf16.")
    var outputType: OutputType = .auto

    @Flag(help: "Stop before weights are read, and print what would be written.")
    var dryRun = false

    @Option(help: "Print an intermediate representation and stop: graph.")
    var dump: DumpKind?

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto

    func validate() throws {
        if output == nil, !dryRun, dump == nil { throw ValidationError("Give the file to write: -o FILE.skipgpt") }
    }

    func run() throws {
        let start = ContinuousClock.now
        let conversion = try Conversion(modelDirectory: modelDirectory, routerPath: router, outputType: outputType)
        if dump == .graph { return try StandardOutput.write(conversion.graph.dump()) }
        for tensor in conversion.inputs.leftOut {
            StandardError.write(
                "skipc: note: \(ByteString(tensor.file)): left out \(tensor.name): \(tensor.reason.words)\n")
        }
        if conversion.tokenizerTable == nil {
            StandardError.write("skipc: note: no tokenizer.json: the file will take token ids only\n")
        }
        let summary = ConversionSummary(conversion)
        guard !dryRun, let output else { return try StandardOutput.write(summary.plan) }
        let rootHash = try conversion.write(
            to: output, overwrite: force, threadCount: threads.count, progress: progress)
        try StandardOutput.write(
            summary.result(output: output, rootHash: rootHash, duration: ContinuousClock.now - start))
    }
}

enum DumpKind: String, ExpressibleByArgument, CaseIterable {
    case graph
}

extension OutputType: ExpressibleByArgument {}

extension LeftOutTensor.Reason {
    var words: String {
        switch self {
        case .derivedBuffer: "it follows from the configuration"
        case .tiedHead: "the configuration ties the head to the embedding"
        case .notRouter: "it is no router's tensor"
        case .notTensor: "it is no tensor"
        case .besideStateDictionary: "it stands beside the state dict"
        case .parameterState: "attributes of a parameter mean nothing here (its numbers are used)"
        case .unreferencedRecord: "no tensor refers to this record"
        }
    }
}

/// `-t`, wherever work is spread over threads.
struct ThreadOptions: ParsableArguments {
    @Option(name: [.customShort("t"), .customLong("threads")], help: "Threads; default: one per processor.")
    var requested: Int?

    static let limit = 256

    func validate() throws {
        if let requested, !(1...Self.limit).contains(requested) {
            throw ValidationError("Threads must be 1 to \(Self.limit)")
        }
    }

    var count: Int { requested ?? Session.processorCount }
}

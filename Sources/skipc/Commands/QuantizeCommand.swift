import ArgumentParser
import Model
import Quantize

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Make an int8 .skipgpt file of a float one: the same bytes as `convert --outtype int8` makes.",
        discussion: """
            The same bytes, if the float file holds the checkpoint's values: made with --outtype auto or, with adapters \
            merged, f32. The source is checked wholly first.
            """
    )

    @Argument(help: "The .skipgpt file.")
    var file: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String

    @Option(
        name: .customLong("outtype"), help: "Element type of the matrices: int8, f32, f16, bf16 or auto (as stored).")
    var outputType: OutputType = .int8

    @OptionGroup var types: OutputTypeOptions

    @OptionGroup var options: WriteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let start = ContinuousClock.now
        let reencoding = try Reencoding(
            file, types: { try types.types(outputType, for: $0) },
            typeEntries: { types.provenance(outputType, for: $0) })
        if let tensor = reencoding.source.tensors.first(where: { $0.elementType == .int8 }) {
            throw UsageError(
                message: "\(ByteString(file)): \(tensor.id) is int8 already; rounding twice would add to its error",
                hint: "give the float file or its checkpoint; `dequantize` makes floats of int8")
        }
        let written = try reencoding.write(to: output, options: options, label: "quantize")
        let report = ReencodingReport(reencoding, output: output, written: written, since: start)
        try StandardOutput.write(json ? try JSONText.pretty(report) : report.text)
    }
}

/// How a `.skipgpt` file is written, in commands that make one of another.
struct WriteOptions: ParsableArguments {
    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: ProgressStyle = .auto
}

import ArgumentParser
import SkipCompiler
import SkipQuantize
import SkipReport

struct DequantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dequantize",
        abstract: "Convert the int8 weights of a .skipgpt file to floats: value times scale.",
        discussion: "f32 represents them exactly. What rounding to int8 lost is not restored."
    )

    @Argument(help: "The .skipgpt file.")
    var file: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file.skipgpt"))
    var output: String

    @Option(name: .customLong("outtype"), help: "Element type of the matrices: f32, f16 or bf16.")
    var outputType: OutputType = .float32

    @OptionGroup var options: WriteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if outputType == .int8 || outputType == .auto { throw ValidationError("--outtype must be f32, f16 or bf16") }
    }

    func run() throws {
        let start = ContinuousClock.now
        let reencoding = try Reencoding(dequantizing: file, to: outputType)
        let written = try options.write(reencoding, to: output, label: "dequantize")
        let report = ReencodingReport(reencoding, output: output, written: written, since: start)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

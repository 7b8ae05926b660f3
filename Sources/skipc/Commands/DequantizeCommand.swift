import ArgumentParser
import SkipCompiler
import SkipQuantize

struct DequantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dequantize",
        abstract: "Convert the int8 weights of a .skipgpt file to floats: value times scale.",
        usage: "skipc dequantize <file> -o <file> [<options>]",
        discussion: HelpText.discussion(
            "f32 represents them exactly. What rounding to int8 lost is not restored.",
            examples: ["skipc dequantize model-int8.skipgpt -o model-f32.skipgpt"])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @OptionGroup(title: "Weights") var weights: FloatTypeOptions

    @OptionGroup var options: ReencodingOptions

    func run() throws {
        let start = ContinuousClock.now
        let reencoding = try Reencoding(dequantizing: file, to: weights.type)
        try options.write(reencoding, label: "dequantize", since: start)
    }
}

/// The element type of the matrices that `dequantize` writes.
struct FloatTypeOptions: ParsableArguments {
    enum FloatType: String, ExpressibleByArgument, CaseIterable {
        case f32, f16, bf16
    }

    @Option(name: .customLong("outtype"), help: ArgumentHelp("Element type of the matrices.", valueName: "type"))
    var choice = FloatType.f32

    var type: OutputType { OutputType(rawValue: choice.rawValue) ?? .float32 }
}

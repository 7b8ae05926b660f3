import ArgumentParser
import SkipCompiler
import SkipQuantize

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Convert a float .skipgpt file to int8: the same bytes as `convert --outtype int8` writes.",
        usage: "skipc quantize <file> -o <file> [<options>]",
        discussion: HelpText.discussion(
            """
            The bytes are the same if the float file contains the values of the checkpoint: if it was converted with \
            --outtype auto or, with adapters, with --outtype f32. The whole source is verified first.
            """,
            examples: [
                "skipc quantize model.skipgpt -o model-int8.skipgpt",
                "skipc quantize model.skipgpt -o small.skipgpt --token-embedding-type int8",
            ])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @OptionGroup(title: "Weights") var weights: QuantizedTypeOptions

    @OptionGroup(title: "Weights") var types: OutputTypeOptions

    @OptionGroup var options: ReencodingOptions

    func validate() throws { try types.checkEffect(with: weights.type) }

    func run() throws {
        let start = ContinuousClock.now
        let reencoding = try Reencoding(quantizing: file, types: types.selection(weights.type))
        try options.write(reencoding, label: "quantize", since: start)
    }
}

/// The element type of the matrices that `quantize` writes.
struct QuantizedTypeOptions: ParsableArguments {
    @Option(
        name: .customLong("outtype"),
        help: ArgumentHelp("Element type of the matrices; auto: as they are stored.", valueName: "type"))
    var type: OutputType = .int8
}

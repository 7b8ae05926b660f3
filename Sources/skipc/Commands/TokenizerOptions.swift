import ArgumentParser
import SkipConvert

/// The option that selects a tokenizer.
struct TokenizerOptions: ParsableArguments {
    @Option(
        name: .customLong("tokenizer"),
        help: ArgumentHelp(
            """
            The tokenizer.json or tokenizer.model to compile, or its directory, instead of that in MODEL-DIR. none: the \
            file accepts token ids only (a file of that name is ./none).
            """, valueName: "path|none"), completion: .file())
    var choice: TokenizerChoice?
}

extension TokenizerChoice: ExpressibleByArgument {
    public init?(argument: String) {
        if argument.isEmpty { return nil }
        self = argument == "none" ? .none : .path(argument)
    }
}

import ArgumentParser
import Convert
import Model
import Runtime

struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compare the routes and logits of a model with those of a reference.",
        discussion: """
            The reference is a trace (--reference, as `trace` writes it) or another .skipgpt file run on the same text or \
            token ids. Exit code 1: more decisions flipped than --max-flip-rate allows.
            """
    )

    @Argument(help: "The .skipgpt file.")
    var file: String

    @Argument(help: "The .skipgpt file that it is compared with, unless --reference is given.")
    var other: String?

    @Option(help: ArgumentHelp("A trace to compare with.", valueName: "trace.safetensors"))
    var reference: String?

    @Option(help: ArgumentHelp("The text to run both files on, UTF-8.", valueName: "path"))
    var text: String?

    @Option(help: ArgumentHelp("A JSON list of token ids, instead of a text.", valueName: "ids.json"))
    var ids: String?

    @Option(name: .customLong("ctx"), help: "Tokens of a window.")
    var windowLength = 512

    @Option(help: "Compare at most this many windows; 0: all.")
    var windows = 0

    @Option(help: "The largest share of flipped decisions that passes, 0 to 1.")
    var maxFlipRate: Double?

    @OptionGroup var options: RunOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if (other == nil) == (reference == nil) {
            throw ValidationError("Give either a second .skipgpt file or --reference")
        }
        if other != nil, (text == nil) == (ids == nil) { throw ValidationError("Give either --text or --ids") }
        if reference != nil, text != nil || ids != nil { throw ValidationError("A trace brings its own token ids") }
        if let maxFlipRate, !(0...1).contains(maxFlipRate) { throw ValidationError("--max-flip-rate must be 0 to 1") }
        if windowLength < 1 { throw ValidationError("--ctx must be at least 1") }
    }

    func run() throws {
        let opened = try OpenedModel(file)
        var parity = RouteParity(layerCount: opened.model.configuration.layers.count)
        if let reference {
            let trace = try ReferenceTrace(reference, configuration: opened.model.configuration)
            let observed = try ObservedWindow(
                trace.ids, opened, options: options, keepsLogitsFrom: trace.firstLogitToken)
            parity.add(observed, reference: trace.window)
        } else if let other {
            let otherOpened = try OpenedModel(other)
            try opened.requireSameModel(as: otherOpened)
            let tokens = try text.map { try TextTokens.read($0, opened) } ?? TokenListReader.read(ids ?? "")
            var start = 0
            var count = 0
            while start < tokens.count, windows == 0 || count < windows {
                let window = Array(tokens[start..<min(start + windowLength, tokens.count)])
                let observed = try ObservedWindow(window, opened, options: options, keepsLogitsFrom: 0)
                parity.add(
                    observed, reference: try ObservedWindow(window, otherOpened, options: options, keepsLogitsFrom: 0))
                start += windowLength
                count += 1
            }
        }
        if parity.tokenCount == 0 { throw UsageError(message: "there are no tokens to compare") }
        let report = ParityReport(parity, maximumFlipRate: maxFlipRate)
        try StandardOutput.write(json ? try JSONText.pretty(report) : report.text)
        if !report.isWithinLimit { throw Verdict(isGood: false) }
    }
}

import ArgumentParser
import SkipDiagnostics
import SkipEvaluate
import SkipReport

struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compare the routes and logits of a model with those of a reference.",
        usage: """
            skipc parity <file> --reference <trace> [<options>]
            skipc parity <file> <other> --text <path> [<options>]
            """,
        discussion: HelpText.discussion(
            """
            The reference is a trace that `trace` wrote (--reference), or another .skipgpt file, which runs on the \
            same text or token ids. Exit code 1: more decisions differ than --max-flip-rate allows.

            With --reference, activations are float32, as in `trace`, so that a file agrees with its own trace. With \
            another file, activations of several tokens are rounded to 16 bits, as in `run`. \
            SKIPC_ACTIVATION_BITS=8|16|32 overrides both.
            """,
            examples: [
                "skipc parity model.skipgpt --reference trace.safetensors",
                "skipc parity model-int8.skipgpt model.skipgpt --text sample.txt \\",
                "  --max-flip-rate 0.01",
            ])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Argument(
        help: "The .skipgpt file to compare it with, unless --reference is given.",
        completion: .file(extensions: ["skipgpt"]))
    var other: String?

    @Option(
        help: ArgumentHelp("A trace to compare with, in safetensors.", valueName: "trace"),
        completion: .file(extensions: ["safetensors"]))
    var reference: String?

    @Option(help: ArgumentHelp("The text to run both files on, UTF-8.", valueName: "path"), completion: .file())
    var text: String?

    @Option(
        help: ArgumentHelp("A JSON list of token ids, instead of a text.", valueName: "path"),
        completion: .file(extensions: ["json"]))
    var ids: String?

    @OptionGroup(title: "Windows") var window: WindowOptions

    @Option(help: ArgumentHelp("The largest allowed share of decisions that differ, 0 to 1.", valueName: "share"))
    var maxFlipRate: Double?

    @OptionGroup(title: "Running the model") var options: RunOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        if (other == nil) == (reference == nil) {
            throw ValidationError("Give either a second .skipgpt file or --reference")
        }
        if other != nil, (text == nil) == (ids == nil) { throw ValidationError("Give either --text or --ids") }
        if reference != nil, text != nil || ids != nil { throw ValidationError("A trace contains its own token ids") }
        if let maxFlipRate, !(0...1).contains(maxFlipRate) { throw ValidationError("--max-flip-rate must be 0 to 1") }
    }

    func run() throws {
        let choices = try options.choices()
        let opened = try OpenedModel(file, instructionSet: choices.instructionSet)
        let reporter = ProgressReporter(progress.style)
        func counter(_ tokenCount: Int) -> TokenProgress {
            TokenProgress(total: tokenCount) { reporter.update("parity", $0, of: $1, unit: .tokens) }
        }
        var parity = RouteParity(layerCount: opened.model.configuration.layers.count)
        if let reference {
            let trace = try ReferenceTrace(reference, configuration: opened.model.configuration)
            // A trace is computed without rounding activations, unless the environment asks for it.
            let session = try options.session(otherwise: .float32)
            let observer = try WindowObserver(opened, options: session, windowLength: trace.ids.count)
            observer.report(to: counter(trace.ids.count))
            parity.add(
                try observer.observe(trace.ids, keepingLogitsFrom: trace.firstLogitToken), reference: trace.window)
        } else if let other {
            let otherOpened = try OpenedModel(other, instructionSet: choices.instructionSet)
            try opened.requireSameModel(as: otherOpened)
            let tokens = try text.map { try TextTokens.read($0, opened) } ?? TokenListReader.read(ids ?? "")
            let session = try options.session()
            let windowLength = window.length(for: [opened, otherOpened])
            let observer = try WindowObserver(opened, options: session, windowLength: windowLength)
            let otherObserver = try WindowObserver(otherOpened, options: session, windowLength: windowLength)
            let starts = stride(from: 0, to: tokens.count, by: windowLength)
            let windows = (window.windows == 0 ? Array(starts) : Array(starts.prefix(window.windows))).map {
                Array(tokens[$0..<min($0 + windowLength, tokens.count)])
            }
            let progress = counter(2 * windows.map(\.count).reduce(0, +))
            observer.report(to: progress)
            otherObserver.report(to: progress)
            for window in windows {
                parity.add(try observer.observe(window), reference: try otherObserver.observe(window))
            }
        }
        reporter.finish()
        if parity.tokenCount == 0 { throw UsageError("there are no tokens to compare") }
        let report = ParityReport(
            parity, file: file, reference: reference ?? other ?? "", isDense: options.dense,
            maximumFlipRate: maxFlipRate)
        try CommandOutput.write(report, report.text, asJSON: json)
        if !report.isWithinLimit { throw Verdict(isGood: false) }
    }
}

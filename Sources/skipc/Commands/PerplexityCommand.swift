import ArgumentParser
import SkipEvaluate
import SkipReport
import SkipRuntime

struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Measure how well a model predicts a text, as llama-perplexity does.",
        usage: "skipc perplexity <file> --text <path> [<options>]",
        discussion: HelpText.discussion(
            """
            The text is divided into windows of --ctx tokens. Each window is evaluated by itself, and its second half \
            is scored. If the tokenizer begins every text with a token, that token replaces the first one of every \
            window. --score all leaves windows unchanged and scores every token except the first.

            With --against, the difference from another file's perplexity is reported with its standard error, once \
            with the files' own routes, and once with this file on the other file's routes, which shows the effect of \
            the weights without that of different decisions.
            """,
            examples: [
                "skipc perplexity model.skipgpt --text sample.txt",
                "skipc perplexity model.skipgpt --text sample.txt --dense",
                "skipc perplexity model-int8.skipgpt --against model.skipgpt --text sample.txt",
            ])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Option(help: ArgumentHelp("The text, UTF-8.", valueName: "path"), completion: .file())
    var text: String?

    @Option(
        help: ArgumentHelp("A JSON list of token ids, instead of a text.", valueName: "path"),
        completion: .file(extensions: ["json"]))
    var ids: String?

    @Option(
        help: ArgumentHelp("Another .skipgpt file of the same model, to compare with.", valueName: "other"),
        completion: .file(extensions: ["skipgpt"]))
    var against: String?

    @OptionGroup(title: "Windows") var window: WindowOptions

    @Option(help: ArgumentHelp("Which tokens of a window are scored; half: as in llama.cpp.", valueName: "part"))
    var score: PerplexityScoring = .half

    @OptionGroup(title: "Running the model") var options: RunOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        if (text == nil) == (ids == nil) { throw ValidationError("Give either --text or --ids") }
        if let length = window.requested, length < 4 { throw ValidationError("--ctx must be at least 4") }
    }

    func run() throws {
        let choices = try options.choices()
        let opened = try OpenedModel(file, instructionSet: choices.instructionSet)
        let tokens = try text.map { try TextTokens.read($0, opened) } ?? TokenListReader.read(ids ?? "")
        let other = try against.map { try OpenedModel($0, instructionSet: choices.instructionSet) }
        if let other { try opened.requireSameModel(as: other) }
        let windowLength = window.length(for: [opened] + (other.map { [$0] } ?? []))
        // A list of token ids needs no tokenizer, and no token is added to it.
        let beginOfText = try text.flatMap { _ in
            try opened.naming { () throws(RuntimeError) in try opened.model.tokenizer().prefixIDs.first }
        }
        let cut = PerplexityWindows(scoring: score, windowLength: windowLength, beginOfText: beginOfText)
        let allWindows = cut.windows(of: tokens)
        let chosen = window.windows == 0 ? allWindows : Array(allWindows.prefix(window.windows))
        if chosen.isEmpty { throw EvaluationError.tooFewTokens(count: tokens.count, needed: windowLength) }
        var evaluation = try PerplexityEvaluation(opened, against: other, windows: cut, options: options.session())
        let reporter = ProgressReporter(progress.style)
        let tokenCount = chosen.map(\.count).reduce(0, +) * evaluation.passCount
        evaluation.report(
            to: TokenProgress(total: tokenCount) { reporter.update("perplexity", $0, of: $1, unit: .tokens) })
        for window in chosen { try evaluation.add(window) }
        reporter.finish()
        let report = PerplexityReport(evaluation, path: file, otherPath: against, isDense: options.dense)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

extension PerplexityScoring: ExpressibleByArgument {}

import ArgumentParser
import SkipEvaluate
import SkipReport
import SkipRuntime

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure prompt and generation speed, as llama-bench does.",
        usage: "skipc bench <file> [<options>]",
        discussion: HelpText.discussion(
            """
            Each test runs once to warm up and then -r times, over which mean and standard deviation are computed. The \
            tokens are drawn with a fixed seed, or taken from the beginning of --text. They matter because the speed \
            of a routed run depends on the routers' decisions.
            """,
            examples: [
                "skipc bench model.skipgpt",
                "skipc bench model.skipgpt --text sample.txt -p 512 -n 128 -r 10 --dense",
            ])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Option(
        name: [.customShort("p"), .customLong("prompt-tokens")],
        help: ArgumentHelp("Tokens of the prompt test; 0 omits it.", valueName: "n"))
    var promptTokenCount = 256

    @Option(
        name: [.customShort("n"), .customLong("tokens")],
        help: ArgumentHelp("Tokens of the generation test; 0 omits it.", valueName: "n"))
    var tokenCount = 64

    @Option(
        name: [.short, .customLong("repetitions")],
        help: ArgumentHelp("Measured runs of each test.", valueName: "n"))
    var repetitions = 5

    @Option(help: ArgumentHelp("A text to take the tokens from, UTF-8.", valueName: "path"), completion: .file())
    var text: String?

    @OptionGroup(title: "Running the model") var options: RunOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        for count in [promptTokenCount, tokenCount] where !(0...OptionLimits.tokenCount).contains(count) {
            throw ValidationError("Token counts must be 0 to \(OptionLimits.tokenCount)")
        }
        if promptTokenCount + tokenCount == 0 { throw ValidationError("Nothing to measure") }
        if !(1...OptionLimits.repetitions).contains(repetitions) {
            throw ValidationError("-r must be 1 to \(OptionLimits.repetitions)")
        }
    }

    func run() throws {
        let start = ContinuousClock.now
        let opened = try OpenedModel(file, instructionSet: try options.choices().instructionSet)
        let openDuration = ContinuousClock.now - start
        let longest = max(promptTokenCount, tokenCount)
        let session = try opened.session(try options.session(), positions: longest)
        let tokens = try text.map { try TextTokens.read($0, opened) }
        if let tokens, tokens.count < longest {
            throw EvaluationError.tooFewTokens(count: tokens.count, needed: longest)
        }
        let reporter = ProgressReporter(progress.style)
        let benchmark = Benchmark(session: session, repetitions: repetitions, tokens: tokens) { test, done, total in
            reporter.update("bench \(test)", done, of: total, unit: .tokens)
        }
        var results: [BenchmarkResult] = []
        try opened.naming { () throws(RuntimeError) in
            if promptTokenCount > 0 { results.append(try benchmark.prompt(tokenCount: promptTokenCount)) }
            if tokenCount > 0 { results.append(try benchmark.generation(tokenCount: tokenCount)) }
        }
        reporter.finish()
        let report = BenchmarkReport(
            opened, isDense: options.dense, threadCount: session.threadCount,
            openMilliseconds: openDuration / .milliseconds(1), repetitions: repetitions, results: results)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

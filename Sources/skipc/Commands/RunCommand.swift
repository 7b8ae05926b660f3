import ArgumentParser
import SkipDiagnostics
import SkipEvaluate
import SkipFiles
import SkipRuntime
import SkipTokenizer

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Generate text from a prompt. Only the modules that the routers choose run."
    )

    @Argument(help: "The .skipgpt file.")
    var file: String

    @Option(name: [.customShort("p"), .customLong("prompt")], help: "The prompt.")
    var prompt: String

    @Option(name: [.customShort("n"), .customLong("tokens")], help: "Generate at most this many tokens.")
    var tokenCount = 128

    @Option(name: .customLong("temp"), help: "Sampling temperature; 0 takes the most probable token.")
    var temperature: Float = 0

    @Option(name: .customLong("top-p"), help: "Draw from the most probable tokens whose probabilities sum to this.")
    var topProbability: Float = 1

    @Option(help: "Seed of the sampler.")
    var seed: UInt64 = 0

    @OptionGroup var options: RunOptions

    @Flag(help: "Print executed modules, bytes of weights and speed to standard error.")
    var stats = false

    func validate() throws {
        if !(0...OptionLimits.tokenCount).contains(tokenCount) {
            throw ValidationError("-n must be 0 to \(OptionLimits.tokenCount)")
        }
        if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temp must be 0 or more") }
        if !(topProbability > 0 && topProbability <= 1) {
            throw ValidationError("--top-p must be above 0 and at most 1")
        }
    }

    func run() throws {
        let choices = try options.choices()
        let opened = try OpenedModel(file, instructionSet: choices.instructionSet)
        let tokenizer = try opened.naming { () throws(RuntimeError) in try opened.model.tokenizer() }
        let ids = tokenizer.encode(prompt)
        let limit = opened.model.configuration.maximumPositionCount
        let positions = min(ids.count + min(tokenCount, limit), limit)
        let session = try opened.session(try options.session(), positions: positions)
        var sampler = try opened.naming { () throws(RuntimeError) in
            try Sampler(temperature: temperature, topProbability: topProbability, seed: seed)
        }
        try StandardStream.output.write(prompt)
        var decoder = StreamingDecoder(tokenizer)
        var writeFailure: SystemFailure?
        let reason = try opened.naming { () throws(RuntimeError) in
            try session.generate(prompt: ids, maximumTokenCount: tokenCount, sampler: &sampler) { token in
                do throws(SystemFailure) {
                    try StandardStream.output.write(decoder.append(token))
                } catch {
                    writeFailure = error
                }
                return writeFailure == nil
            }
        }
        if let writeFailure { throw writeFailure }
        try StandardStream.output.write(decoder.finish() + [0x0A])
        if reason == .positionLimit { CommandOutput.note(["stopped at the model's last position, \(limit)"]) }
        if stats { StandardStream.error.note(StatisticsReport(session.statistics, isDense: options.dense).text) }
    }
}

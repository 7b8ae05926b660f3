import Runtime
import Tokenizer

/// Runs a model on a prompt and streams its text.
struct Generation {
    let arguments: Arguments
    let prompt: Arguments.Prompt

    /// - Throws: `RuntimeError`, `OutputError`.
    func run() throws {
        let model = try RoutedModel(opening: arguments.file)
        if let file = model.file { MappingFaults.report(in: file, program: "skiprun") }
        // The tokenizer reads from the model's file.
        try withExtendedLifetime(model) { try run(model) }
    }

    private func run(_ model: RoutedModel) throws {
        // Without a tokenizer ids are printed; a text cannot be read.
        let tokenizer: CompiledTokenizer?
        let ids: [UInt32]
        switch prompt {
        case .text(let text):
            let required = try model.tokenizer()
            ids = required.encode(text)
            tokenizer = required
        case .ids(let given):
            ids = given
            tokenizer = model.hasTokenizer ? try model.tokenizer() : nil
        }
        let session = try Session(model, options: options(promptLength: ids.count, model))
        var sampler = try Sampler(
            temperature: arguments.temperature, topProbability: arguments.topProbability, seed: arguments.seed)
        if case .text(let text) = prompt { try StandardStream.output.write(Array(text.utf8)) }
        var writer = TokenWriter(tokenizer: tokenizer)
        let reason = try session.generate(
            prompt: ids, maximumTokenCount: arguments.maximumTokenCount, sampler: &sampler
        ) { writer.write($0) }
        try writer.finish()
        if reason == .positionLimit {
            StandardStream.error.print("skiprun: note: stopped at the model's last position\n")
        }
        if arguments.printsStatistics {
            StandardStream.error.print(StatisticsReport(statistics: session.statistics, session: session).text)
        }
    }

    private func options(promptLength: Int, _ model: RoutedModel) -> Session.Options {
        var options = Session.Options()
        options.isDense = arguments.isDense
        options.skipBias = arguments.skipBias
        options.threadCount = arguments.threadCount
        let needed = max(promptLength + arguments.maximumTokenCount, 1)
        options.maximumPositions = min(needed, model.configuration.maximumPositionCount)
        return options
    }
}

/// Writes tokens to stdout as they come: whole characters only, or ids where there is no tokenizer.
private struct TokenWriter {
    private var decoder: StreamingDecoder?
    private var failure: OutputError?

    init(tokenizer: CompiledTokenizer?) { decoder = tokenizer.map { StreamingDecoder($0) } }

    /// False if output failed: there is no point in going on.
    mutating func write(_ token: UInt32) -> Bool {
        let bytes = decoder?.append(token) ?? Array("\(token)\n".utf8)
        do { try StandardStream.output.write(bytes) } catch { failure = error }
        return failure == nil
    }

    /// - Throws: the error that stopped the output, if one did.
    mutating func finish() throws(OutputError) {
        if let failure { throw failure }
        guard var decoder else { return }
        try StandardStream.output.write(decoder.finish() + Array("\n".utf8))
    }
}

import SkipDiagnostics
import SkipFiles
import SkipRuntime
import SkipTokenizer

/// Runs a model on a prompt and writes its text to standard output as it is generated.
struct Generation {
    let arguments: Arguments
    let prompt: Arguments.Prompt
    let choices: RuntimeChoices

    /// - Throws: `RuntimeFailure`; `SystemFailure` if standard output cannot be written.
    func run() throws {
        do {
            try run(try RoutedModel(opening: arguments.file, instructionSet: choices.instructionSet))
        } catch let error as RuntimeError {
            throw RuntimeFailure(path: arguments.file, error: error)
        }
    }

    private func run(_ model: RoutedModel) throws {
        // A prompt of ids needs no tokenizer. Without one, ids are printed.
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
        if case .text(let text) = prompt { try StandardStream.output.write(text) }
        var writer = TokenWriter(tokenizer: tokenizer)
        let reason = try session.generate(
            prompt: ids, maximumTokenCount: arguments.maximumTokenCount, sampler: &sampler
        ) { writer.write($0) }
        try writer.finish()
        if reason == .positionLimit {
            let limit = model.configuration.maximumPositionCount
            StandardStream.error.note("skiprun: note: stopped at the model's last position, \(limit)\n")
        }
        if arguments.printsStatistics {
            StandardStream.error.note(StatisticsReport(session.statistics, isDense: arguments.isDense).text)
        }
    }

    private func options(promptLength: Int, _ model: RoutedModel) -> Session.Options {
        var options = Session.Options()
        options.isDense = arguments.isDense
        options.skipBias = arguments.skipBias
        options.threadCount = arguments.threadCount
        options.activationPrecision = choices.activationPrecision ?? .standard
        let needed = max(promptLength + arguments.maximumTokenCount, 1)
        options.maximumPositions = min(needed, model.configuration.maximumPositionCount)
        return options
    }
}

/// Writes tokens to standard output as they are generated: complete characters, or ids without a tokenizer.
private struct TokenWriter {
    private var decoder: StreamingDecoder?
    private var failure: SystemFailure?

    init(tokenizer: CompiledTokenizer?) { decoder = tokenizer.map { StreamingDecoder($0) } }

    /// Returns false if writing failed and generation should stop.
    mutating func write(_ token: UInt32) -> Bool {
        let bytes = decoder?.append(token) ?? Array("\(token)\n".utf8)
        do { try StandardStream.output.write(bytes) } catch { failure = error }
        return failure == nil
    }

    /// Writes the remaining bytes.
    ///
    /// - Throws: the error of an earlier `write`, or of this one.
    mutating func finish() throws(SystemFailure) {
        if let failure { throw failure }
        guard var decoder else { return }
        try StandardStream.output.write(decoder.finish() + Array("\n".utf8))
    }
}

import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipRuntime
import SkipTokenizer

/// Runs a model on a prompt and writes its text to standard output as it is generated.
struct TextGeneration {
    let arguments: GenerateArguments
    let choices: RuntimeChoices
    /// The name of the program, for notes.
    let program: String

    /// - Throws: errors that are `Diagnosable`.
    func run(_ prompt: GenerateArguments.Prompt) throws {
        do {
            try generate(try PromptText(prompt))
        } catch let error as RuntimeError {
            throw RuntimeFailure(path: arguments.file, error: error)
        }
    }

    private func generate(_ prompt: PromptText) throws {
        let start = MonotonicTime.now
        let file = try SkipFile.open(arguments.file)
        try ModelChecks.run(file, path: arguments.file, arguments)
        let model = try RoutedModel(file, instructionSet: choices.instructionSet)
        // A prompt of ids needs no tokenizer. Without one, ids are printed.
        let needsTokenizer = prompt.text != nil || !arguments.stopStrings.isEmpty
        let tokenizer = needsTokenizer || model.hasTokenizer ? try model.tokenizer() : nil
        let ids = prompt.text.flatMap { tokenizer?.encode($0) } ?? prompt.ids
        let session = try Session(model, options: options(promptLength: ids.count, model))
        let openSeconds = MonotonicTime.seconds(since: start)
        let sampling = arguments.sampling.resolved(model.generationDefaults)
        var sampler = try Sampler(sampling.options, seed: sampling.seed)
        noteUnusedOptions(sampling)
        if arguments.echoes, !arguments.printsJSON { try StandardStream.output.write(prompt.text ?? []) }
        var writer = TextWriter(
            tokenizer: tokenizer, stopStrings: arguments.stopStrings, writes: !arguments.printsJSON)
        let reason = try session.generate(
            prompt: ids, maximumTokenCount: arguments.tokenCount, sampler: &sampler
        ) { writer.append($0) }
        try writer.finish()
        if arguments.printsJSON {
            let report = GenerationReport(
                file: arguments.file, rootHash: "\(file.header.rootHash)",
                prompt: prompt.text.map { String(decoding: $0, as: UTF8.self) }, promptIDs: ids,
                text: tokenizer == nil ? nil : String(decoding: writer.text, as: UTF8.self), ids: writer.ids,
                stopReason: writer.stopString == nil ? reason : .caller, stopString: writer.stopString,
                sampling: sampling,
                openSeconds: openSeconds, statistics: session.statistics)
            try StandardStream.output.write(JSONWriter.bytes(of: report.json, style: .compact) + [0x0A])
        }
        if reason == .positionLimit {
            note("stopped at the model's last position, \(model.configuration.maximumPositionCount)")
        }
        if arguments.printsStatistics {
            let report = StatisticsReport(session.statistics, isDense: arguments.isDense)
            StandardStream.error.note("\n" + sampling.text + report.text)
        }
    }

    private func options(promptLength: Int, _ model: RoutedModel) -> Session.Options {
        var options = Session.Options()
        options.isDense = arguments.isDense
        options.skipBias = arguments.skipBias
        options.threadCount = arguments.threadCount
        options.activationPrecision = choices.activationPrecision ?? .standard
        let needed = max(promptLength + arguments.tokenCount, 1)
        options.maximumPositions = min(needed, model.configuration.maximumPositionCount)
        return options
    }

    private func noteUnusedOptions(_ sampling: ResolvedSampling) {
        let unused = sampling.unused(arguments.given).map(\.name)
        if unused.isEmpty { return }
        note("at temperature 0 nothing is drawn, so \(unused.joined(separator: ", ")) changed nothing; give --temp")
    }

    private func note(_ text: String) { StandardStream.error.note("\(program): note: \(text)\n") }
}

/// The prompt after reading: its text, or its ids.
private struct PromptText {
    let text: [UInt8]?
    let ids: [UInt32]

    init(_ prompt: GenerateArguments.Prompt) throws {
        switch prompt {
        case .text(let given): (text, ids) = (Array(given.utf8), [])
        case .standardInput: (text, ids) = (try PromptReader.standardInput(), [])
        case .file(let path): (text, ids) = (try PromptReader.file(path), [])
        case .ids(let given): (text, ids) = (nil, given)
        }
    }
}

import SkipDiagnostics
import SkipFiles
import SkipModel
import SkipRuntime

/// How the next token is chosen: the values of the command line, then those that the file records.
package struct SamplingChoice: Equatable, Sendable {
    package var temperature: Float?
    package var topCount: Int?
    package var topProbability: Float?
    package var minimumProbability: Float?
    package var repetitionPenalty: Float?
    package var seed: UInt64 = 0

    package init() {}

    /// Combines the values of the command line with those that the file records.
    ///
    /// For what neither states, the choice is greedy. If the temperature is the user's, the defaults are llama.cpp's; if
    /// it is the file's, they are those of Transformers, for which its values were chosen.
    package func resolved(_ file: GenerationDefaults) -> ResolvedSampling {
        var options = Sampler.Options()
        var recorded: [GenerateOption] = []
        func use<Value>(_ option: GenerateOption, _ given: Value?, _ file: Value?, _ other: Value) -> Value {
            if let given { return given }
            if file != nil { recorded.append(option) }
            return file ?? other
        }
        let isFromFile = temperature == nil
        options.temperature = use(.temperature, temperature, file.samples == nil ? nil : file.effectiveTemperature, 0)
        options.repetitionPenalty = use(.repetitionPenalty, repetitionPenalty, file.repetitionPenalty, 1)
        if options.temperature > 0 {
            options.topCount = use(.topCount, topCount, file.topCount, isFromFile ? 50 : 40)
            options.topProbability = use(.topProbability, topProbability, file.topProbability, isFromFile ? 1 : 0.95)
            options.minimumProbability = use(
                .minimumProbability, minimumProbability, file.minimumProbability, isFromFile ? 0 : 0.05)
        }
        return ResolvedSampling(options: options, seed: seed, recorded: recorded)
    }
}

/// The values with which tokens are chosen, and which of them the file records.
package struct ResolvedSampling: JSONConvertible {
    package let options: Sampler.Options
    package let seed: UInt64
    /// The options whose values are the file's.
    package let recorded: [GenerateOption]

    /// Returns those of the options that were given without effect: they change random choices, and there are none.
    package func unused(_ given: [GenerateOption]) -> [GenerateOption] {
        let random: [GenerateOption] = [.topCount, .topProbability, .minimumProbability, .seed]
        return options.temperature == 0 ? given.filter(random.contains) : []
    }

    /// The line of `--stats`.
    package var text: String {
        let penalty = options.repetitionPenalty == 1 ? "" : ", repeat penalty \(options.repetitionPenalty)"
        let values =
            options.temperature == 0
            ? "greedy" + penalty
            : "temperature \(options.temperature), top-k \(options.topCount), top-p \(options.topProbability), "
                + "min-p \(options.minimumProbability)\(penalty), seed \(seed)"
        let names = recorded.map(\.name).joined(separator: ", ")
        return KeyValueLines.text([("sampling", values + (names.isEmpty ? "" : "; the file's: \(names)"))])
    }

    package var json: JSONDocument {
        [
            "temperature": .number(Double(options.temperature)),
            "topK": .integer(options.topCount),
            "topP": .number(Double(options.topProbability)),
            "minP": .number(Double(options.minimumProbability)),
            "repeatPenalty": .number(Double(options.repetitionPenalty)),
            "seed": .string("\(seed)"),
            "fromFile": .array(recorded.map(\.name)),
        ]
    }
}

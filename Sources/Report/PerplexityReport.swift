import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// The perplexity of a file, alone or compared with that of another file.
package struct PerplexityReport: JSONConvertible {
    /// The perplexity of the other file, or of this file on the other file's routes.
    package struct Compared: JSONConvertible {
        /// The other file.
        let file: String
        let perplexity: Double
        let standardError: Double
        /// The difference of this file's perplexity from the other file's, divided by the latter.
        let change: Double
        let changeStandardError: Double

        package var json: JSONDocument {
            [
                "file": .string(file),
                "perplexity": .number(perplexity),
                "standardError": .number(standardError),
                "change": .number(change),
                "changeStandardError": .number(changeStandardError),
            ]
        }
    }

    let file: String
    let perplexity: Double
    let standardError: Double
    let scoredTokens: Int
    let windows: Int
    let windowLength: Int
    let scoring: String
    let routing: String
    let executedAttention: Double
    let executedMLP: Double
    let tokensPerSecond: Double
    let against: Compared?
    let onItsRoutes: Compared?

    package init(_ evaluation: PerplexityEvaluation, path: String, otherPath: String?, isDense: Bool) {
        file = ByteString(path).description
        perplexity = evaluation.perplexity.value
        standardError = evaluation.perplexity.standardError
        scoredTokens = evaluation.perplexity.losses.count
        windows = evaluation.windowCount
        windowLength = evaluation.windows.windowLength
        scoring = evaluation.windows.scoring.rawValue
        routing = isDense ? "dense" : "routed"
        executedAttention = evaluation.statistics.executedShare(.attention)
        executedMLP = evaluation.statistics.executedShare(.mlp)
        tokensPerSecond = evaluation.statistics.tokensPerSecond
        let other = ByteString(otherPath ?? "").description
        guard let comparison = evaluation.comparison else {
            against = nil
            onItsRoutes = nil
            return
        }
        func compared(_ shown: Perplexity, changeOf perplexity: Perplexity) -> Compared {
            let change = perplexity.change(from: comparison.other)
            return Compared(
                file: other, perplexity: shown.value, standardError: shown.standardError, change: change.share,
                changeStandardError: change.standardError)
        }
        against = compared(comparison.other, changeOf: evaluation.perplexity)
        onItsRoutes = comparison.onItsRoutes.map { compared($0, changeOf: $0) }
    }

    package var text: String {
        let scored = scoring == PerplexityScoring.half.rawValue ? "the second half" : "all but the first"
        var lines = [
            (key: "perplexity", value: Decimal.uncertain(perplexity, standardError, digits: 4)),
            ("scored", "\(scoredTokens) tokens: \(scored) of each window; \(windows) windows of \(windowLength)"),
            ("routing", routing),
            ("executed", ExecutedShares.text(attention: executedAttention, mlp: executedMLP)),
            ("speed", "\(Decimal.significant(tokensPerSecond)) tokens/s"),
        ]
        if let against { lines += Self.lines("against", against, "of \(against.file)") }
        if let onItsRoutes { lines += Self.lines("on its routes", onItsRoutes, "of this file, on the other's routes") }
        return KeyValueLines.text(lines)
    }

    private static func lines(
        _ key: String, _ compared: Compared, _ explanation: String
    ) -> [(key: String, value: String)] {
        let perplexity = Decimal.uncertain(compared.perplexity, compared.standardError, digits: 4)
        let error = Decimal.text(compared.changeStandardError * 100, places: 2)
        return [
            (key, "\(perplexity) \(explanation)"),
            ("  change", "\(Decimal.signedPercent(compared.change)) ± \(error)%"),
        ]
    }

    package var json: JSONDocument {
        [
            "file": .string(file),
            "perplexity": .number(perplexity),
            "standardError": .number(standardError),
            "scoredTokens": .integer(scoredTokens),
            "windows": .integer(windows),
            "windowLength": .integer(windowLength),
            "scoring": .string(scoring),
            "routing": .string(routing),
            "executed": ExecutedShares.json(attention: executedAttention, mlp: executedMLP),
            "tokensPerSecond": .number(tokensPerSecond),
            "against": .optional(against),
            "onItsRoutes": .optional(onItsRoutes),
        ]
    }
}

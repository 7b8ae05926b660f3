import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// The perplexity of a file, alone or compared with that of another file.
package struct PerplexityReport: JSONConvertible {
    /// The perplexity of the other file, or of this file on the other file's routes.
    package struct Compared: JSONConvertible {
        let perplexity: Double
        let standardError: Double
        /// The difference of this file's perplexity from the other file's, divided by the latter.
        let change: Double
        let changeStandardError: Double

        package var json: JSONDocument {
            [
                "perplexity": .number(perplexity),
                "standardError": .number(standardError),
                "change": .number(change),
                "changeStandardError": .number(changeStandardError),
            ]
        }
    }

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
    let other: String?
    let against: Compared?
    let onItsRoutes: Compared?

    package init(_ evaluation: PerplexityEvaluation, otherPath: String?, isDense: Bool) {
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
        other = otherPath
        guard let comparison = evaluation.comparison else {
            against = nil
            onItsRoutes = nil
            return
        }
        func compared(_ shown: Perplexity, changeOf perplexity: Perplexity) -> Compared {
            let change = perplexity.change(from: comparison.other)
            return Compared(
                perplexity: shown.value, standardError: shown.standardError, change: change.share,
                changeStandardError: change.standardError)
        }
        against = compared(comparison.other, changeOf: evaluation.perplexity)
        onItsRoutes = comparison.onItsRoutes.map { compared($0, changeOf: $0) }
    }

    package var text: String {
        func text(_ value: Double, _ error: Double) -> String {
            "\(Decimal.text(value, places: 4)) ± \(Decimal.text(error, places: 4))"
        }
        func change(_ compared: Compared) -> String {
            "\(Decimal.signedPercent(compared.change)) ± \(Decimal.text(compared.changeStandardError * 100, places: 2))%"
        }
        var lines = [
            (key: "perplexity", value: text(perplexity, standardError)),
            ("scored", "\(scoredTokens) tokens in \(windows) windows of \(windowLength) (\(scoring)), \(routing)"),
            ("executed", "attention \(Decimal.percent(executedAttention)), MLP \(Decimal.percent(executedMLP))"),
            ("speed", "\(Decimal.text(tokensPerSecond, places: 1)) tokens/s"),
        ]
        if let against {
            lines.append(("against", text(against.perplexity, against.standardError)))
            lines.append(("change", change(against)))
        }
        if let onItsRoutes {
            lines.append(("on its routes", text(onItsRoutes.perplexity, onItsRoutes.standardError)))
            lines.append(("change", change(onItsRoutes)))
        }
        return KeyValueLines.text(lines)
    }

    package var json: JSONDocument {
        [
            "perplexity": .number(perplexity),
            "standardError": .number(standardError),
            "scoredTokens": .integer(scoredTokens),
            "windows": .integer(windows),
            "windowLength": .integer(windowLength),
            "scoring": .string(scoring),
            "routing": .string(routing),
            "executedAttention": .number(executedAttention),
            "executedMLP": .number(executedMLP),
            "tokensPerSecond": .number(tokensPerSecond),
            "other": .optional(other),
            "against": .optional(against),
            "onItsRoutes": .optional(onItsRoutes),
        ]
    }
}

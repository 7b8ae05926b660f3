import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// How the routes and logits of a model agree with those of a reference.
package struct ParityReport: JSONConvertible {
    package struct Layer: JSONConvertible {
        let layer: Int
        let attentionFlips: Int
        let mlpFlips: Int

        package var json: JSONDocument {
            [
                "layer": .integer(layer),
                "attentionFlips": .integer(attentionFlips),
                "mlpFlips": .integer(mlpFlips),
            ]
        }
    }

    package struct MarginClass: JSONConvertible {
        let marginBelow: Float?
        let decisions: Int
        let flips: Int

        package var json: JSONDocument {
            [
                "marginBelow": .optional(marginBelow.map(Double.init)),
                "decisions": .integer(decisions),
                "flips": .integer(flips),
            ]
        }
    }

    let file: String
    /// The trace or the other file.
    let reference: String
    let routing: String
    let tokens: Int
    let decisions: Int
    let flips: Int
    let flipRate: Double
    let maximumFlipRate: Double?
    package let isWithinLimit: Bool
    let layers: [Layer]
    let margins: [MarginClass]
    let logitTokens: Int
    let topTokenAgreement: Double
    /// KL(reference ‖ file) in nats per token.
    let divergence: SampleMean
    let rmsLogitDifference: Double
    let largestLogitDifference: Double
    /// `largestLogitDifference` divided by the largest logit of the reference.
    let relativeLogitError: Double

    package init(
        _ parity: RouteParity, file: String, reference: String, isDense: Bool, maximumFlipRate: Double?
    ) {
        self.file = ByteString(file).description
        self.reference = ByteString(reference).description
        routing = isDense ? "dense" : "routed"
        tokens = parity.tokenCount
        decisions = parity.decisionCount
        flips = parity.flipCount
        flipRate = parity.flipRate
        self.maximumFlipRate = maximumFlipRate
        isWithinLimit = maximumFlipRate.map { parity.flipRate <= $0 } ?? true
        layers = (0..<parity.layerCount).map {
            Layer(layer: $0, attentionFlips: parity.flips[$0 * 2], mlpFlips: parity.flips[$0 * 2 + 1])
        }
        margins = parity.decisionsByMargin.indices.map {
            MarginClass(
                marginBelow: $0 < RouteParity.marginBounds.count ? RouteParity.marginBounds[$0] : nil,
                decisions: parity.decisionsByMargin[$0], flips: parity.flipsByMargin[$0])
        }
        logitTokens = parity.logitTokenCount
        topTokenAgreement = Double(parity.agreeingTopTokens) / Double(max(parity.logitTokenCount, 1))
        divergence = SampleMean(parity.divergences.isEmpty ? [0] : parity.divergences)
        rmsLogitDifference = parity.rmsLogitError
        largestLogitDifference = parity.largestLogitError
        relativeLogitError = parity.largestLogit > 0 ? parity.largestLogitError / parity.largestLogit : 0
    }

    package var json: JSONDocument {
        [
            "file": .string(file),
            "reference": .string(reference),
            "routing": .string(routing),
            "tokens": .integer(tokens),
            "decisions": .integer(decisions),
            "flips": .integer(flips),
            "flipRate": .number(flipRate),
            "maximumFlipRate": .optional(maximumFlipRate),
            "isWithinLimit": .bool(isWithinLimit),
            "logitTokens": .integer(logitTokens),
            "topTokenAgreement": .number(topTokenAgreement),
            "meanDivergence": .number(divergence.value),
            "divergenceStandardError": .number(divergence.standardError),
            "rmsLogitDifference": .number(rmsLogitDifference),
            "largestLogitDifference": .number(largestLogitDifference),
            "relativeLogitError": .number(relativeLogitError),
            "margins": .array(margins),
            "layers": .array(layers),
        ]
    }
}

// MARK: - Text

extension ParityReport {
    package var text: StyledText {
        var lines: [(key: String, value: StyledText)] = [
            ("tokens", "\(tokens)"),
            ("flips", "\(flips) of \(decisions) decisions differ (\(Decimal.finePercent(flipRate)))"),
        ]
        if logitTokens > 0 {
            lines.append(("same top token", "\(Decimal.percent(topTokenAgreement)) of \(logitTokens) tokens"))
            lines.append(("KL divergence", "\(divergence.words) nats per token"))
            lines.append(("logits", StyledText(logitWords)))
        }
        if let maximumFlipRate {
            let verdict = isWithinLimit ? StyledText("good", .good) : StyledText("too many flips", .bad)
            let limit: StyledText = ": at most \(Decimal.finePercent(maximumFlipRate)) of the decisions may differ"
            lines.append(("verdict", verdict + limit))
        }
        return KeyValueLines.styled(lines) + StyledText(tables)
    }

    private var logitWords: String {
        if largestLogitDifference == 0 { return "equal" }
        return "differ by \(Decimal.significant(rmsLogitDifference)) RMS, at most by "
            + Decimal.significant(largestLogitDifference)
    }

    private var tables: String {
        let marginRows = margins.map { margin in
            let share = Double(margin.flips) / Double(max(margin.decisions, 1))
            return [
                margin.marginBelow.map { "below \($0.plainText)" } ?? "more", "\(margin.decisions)", "\(margin.flips)",
                margin.decisions == 0 ? "" : Decimal.percent(share),
            ]
        }
        let layerRows = layers.filter { $0.attentionFlips + $0.mlpFlips > 0 }.map { layer in
            ["\(layer.layer)"]
                + [layer.attentionFlips, layer.mlpFlips].flatMap { flips in
                    ["\(flips)", Decimal.percent(Double(flips) / Double(max(tokens, 1)))]
                }
        }
        var text =
            "\n"
            + MarkdownTable.text(
                header: ["router margin", "decisions", "flips", "of decisions"], rows: marginRows,
                rightAligned: [1, 2, 3])
        if !layerRows.isEmpty {
            text +=
                "\n"
                + MarkdownTable.text(
                    header: ["layer", "attention flips", "of tokens", "MLP flips", "of tokens"], rows: layerRows,
                    rightAligned: [0, 1, 2, 3, 4])
        }
        return text
    }
}

extension SampleMean {
    /// `0.0410 ± 0.0021`
    fileprivate var words: String {
        value == 0 ? "0" : value < 1e-4 ? Decimal.significant(value) : Decimal.uncertain(value, standardError)
    }
}

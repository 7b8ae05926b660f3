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
    let meanDivergence: Double
    let relativeLogitError: Double

    package init(_ parity: RouteParity, maximumFlipRate: Double?) {
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
        let count = Double(max(parity.logitTokenCount, 1))
        topTokenAgreement = Double(parity.agreeingTopTokens) / count
        meanDivergence = parity.divergence / count
        relativeLogitError = parity.largestLogit > 0 ? parity.largestLogitError / parity.largestLogit : 0
    }

    package var text: String {
        var lines: [(key: String, value: String)] = [
            ("tokens", "\(tokens)"),
            ("flipped decisions", "\(flips) of \(decisions) (\(Decimal.text(flipRate * 100, places: 3))%)"),
            ("same top token", "\(Decimal.percent(topTokenAgreement)) of \(logitTokens)"),
            ("mean KL", "\(Decimal.text(meanDivergence * 1000, places: 4)) millinats"),
            ("largest logit error", "\(Decimal.text(relativeLogitError * 100, places: 4))% of the largest logit"),
        ]
        if let maximumFlipRate {
            lines.append(
                (
                    "verdict",
                    (isWithinLimit ? "within" : "above")
                        + " the limit of \(Decimal.text(maximumFlipRate * 100, places: 3))%"
                ))
        }
        let marginRows = margins.map { margin in
            [
                margin.marginBelow.map { "< \($0)" } ?? "more", "\(margin.decisions)", "\(margin.flips)",
            ]
        }
        let layerRows = layers.filter { $0.attentionFlips + $0.mlpFlips > 0 }.map {
            ["\($0.layer)", "\($0.attentionFlips)", "\($0.mlpFlips)"]
        }
        var text = KeyValueLines.text(lines)
        text += "\n" + MarkdownTable.text(header: ["margin", "decisions", "flips"], rows: marginRows)
        if !layerRows.isEmpty {
            text += "\n" + MarkdownTable.text(header: ["layer", "attention flips", "MLP flips"], rows: layerRows)
        }
        return text
    }

    package var json: JSONDocument {
        [
            "tokens": .integer(tokens),
            "decisions": .integer(decisions),
            "flips": .integer(flips),
            "flipRate": .number(flipRate),
            "maximumFlipRate": .optional(maximumFlipRate),
            "isWithinLimit": .bool(isWithinLimit),
            "layers": .array(layers),
            "margins": .array(margins),
            "logitTokens": .integer(logitTokens),
            "topTokenAgreement": .number(topTokenAgreement),
            "meanDivergence": .number(meanDivergence),
            "relativeLogitError": .number(relativeLogitError),
        ]
    }
}

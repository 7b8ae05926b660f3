import Model
import Runtime

struct PerplexityReport: Encodable {
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

    init(_ perplexity: Perplexity, windowCount: Int, session: Session, isDense: Bool) {
        self.perplexity = perplexity.value
        standardError = perplexity.standardError
        scoredTokens = perplexity.scoredTokenCount
        windows = windowCount
        windowLength = perplexity.windowLength
        scoring = perplexity.scoring.rawValue
        routing = isDense ? "dense" : "routed"
        executedAttention = session.statistics.prompt.executedShare(.attention)
        executedMLP = session.statistics.prompt.executedShare(.mlp)
        tokensPerSecond = session.statistics.prompt.tokensPerSecond
    }

    var text: String {
        KeyValueLines.text([
            ("perplexity", "\(Decimal.text(perplexity, places: 4)) ± \(Decimal.text(standardError, places: 4))"),
            ("scored", "\(scoredTokens) tokens in \(windows) windows of \(windowLength) (\(scoring)), \(routing)"),
            ("executed", "attention \(Decimal.percent(executedAttention)), MLP \(Decimal.percent(executedMLP))"),
            ("speed", "\(Decimal.text(tokensPerSecond, places: 1)) tokens/s"),
        ])
    }
}

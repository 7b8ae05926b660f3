/// The figures of one test of a benchmark.
package struct BenchmarkResult {
    package enum Kind: Sendable {
        case prompt
        case generation
    }

    package let kind: Kind
    package let tokenCount: Int
    /// Tokens per second of each measured run.
    package let tokensPerSecond: [Double]
    /// Bytes of weights read per token.
    package let weightBytesPerToken: Double
    package let executedAttention: Double
    package let executedMLP: Double

    package init(
        kind: Kind, tokenCount: Int, tokensPerSecond: [Double], weightBytesPerToken: Double,
        executedAttention: Double, executedMLP: Double
    ) {
        self.kind = kind
        self.tokenCount = tokenCount
        self.tokensPerSecond = tokensPerSecond
        self.weightBytesPerToken = weightBytesPerToken
        self.executedAttention = executedAttention
        self.executedMLP = executedMLP
    }

    /// The name of the test in llama-bench: `pp256`, `tg64`.
    package var name: String { Self.name(kind, tokenCount) }

    static func name(_ kind: Kind, _ tokenCount: Int) -> String { "\(kind == .prompt ? "pp" : "tg")\(tokenCount)" }

    package var mean: Double { tokensPerSecond.reduce(0, +) / Double(tokensPerSecond.count) }

    /// The standard deviation of the sample, as llama-bench computes it; 0 for a single run.
    package var standardDeviation: Double {
        guard tokensPerSecond.count > 1 else { return 0 }
        let squares = tokensPerSecond.map { ($0 - mean) * ($0 - mean) }
        return (squares.reduce(0, +) / Double(tokensPerSecond.count - 1)).squareRoot()
    }
}

import SkipFiles
import SkipRuntime

/// Measures the speed of a session.
package struct Benchmark {
    package let session: Session
    package let repetitions: Int
    /// The tokens to run; nil: a fixed pseudorandom sequence.
    package let tokens: [UInt32]?

    package init(session: Session, repetitions: Int, tokens: [UInt32]?) {
        self.session = session
        self.repetitions = repetitions
        self.tokens = tokens
    }

    /// The figures of one test.
    package struct Result: JSONConvertible {
        package let test: String
        /// Tokens per second of each measured run.
        package let tokensPerSecond: [Double]
        /// Bytes of weights read per token.
        package let weightBytesPerToken: Double
        package let executedAttention: Double
        package let executedMLP: Double

        package var mean: Double { tokensPerSecond.reduce(0, +) / Double(tokensPerSecond.count) }

        package var standardDeviation: Double {
            guard tokensPerSecond.count > 1 else { return 0 }
            let squares = tokensPerSecond.map { ($0 - mean) * ($0 - mean) }
            return (squares.reduce(0, +) / Double(tokensPerSecond.count - 1)).squareRoot()
        }

        package var json: JSONDocument {
            [
                "test": .string(test),
                "tokensPerSecond": .array(tokensPerSecond),
                "weightBytesPerToken": .number(weightBytesPerToken),
                "executedAttention": .number(executedAttention),
                "executedMLP": .number(executedMLP),
            ]
        }
    }

    /// Measures a prompt of `tokenCount` tokens.
    package func prompt(tokenCount: Int) throws(RuntimeError) -> Result {
        let input = tokens(tokenCount)
        return try measure("pp\(tokenCount)", phase: \.prompt) { () throws(RuntimeError) in
            try session.prefill(input)
        }
    }

    /// Measures decoding `tokenCount` tokens one by one.
    package func generation(tokenCount: Int) throws(RuntimeError) -> Result {
        let input = tokens(tokenCount)
        return try measure("tg\(tokenCount)", phase: \.generation) { () throws(RuntimeError) in
            for token in input { try session.decode(token) }
        }
    }

    private func measure(
        _ test: String, phase: KeyPath<RunStatistics, RunStatistics.Phase>, _ body: () throws(RuntimeError) -> Void
    ) throws(RuntimeError) -> Result {
        var speeds: [Double] = []
        for run in 0...repetitions {
            session.reset()
            session.resetStatistics()
            try body()
            if run > 0 { speeds.append(session.statistics[keyPath: phase].tokensPerSecond) }
        }
        let last = session.statistics[keyPath: phase]
        return Result(
            test: test, tokensPerSecond: speeds, weightBytesPerToken: last.weightBytesPerToken,
            executedAttention: last.executedShare(.attention), executedMLP: last.executedShare(.mlp))
    }

    /// Returns the same tokens in every run and on every machine: those of the text, or a linear congruential sequence.
    private func tokens(_ count: Int) -> [UInt32] {
        if let tokens { return Array(tokens.prefix(count)) }
        let limit = UInt64(session.model.configuration.vocabularySize)
        var state: UInt64 = 42
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32((state >> 33) % limit)
        }
    }
}

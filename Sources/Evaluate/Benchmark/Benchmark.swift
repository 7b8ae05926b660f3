import SkipRuntime

/// Measures the speed of a session.
package struct Benchmark {
    package let session: Session
    package let repetitions: Int
    /// The tokens to run; nil: a fixed pseudorandom sequence.
    package let tokens: [UInt32]?

    /// Called with the name of a test, and with the numbers of computed tokens and of all tokens of its runs.
    package let progress: ((_ test: String, _ completed: Int, _ total: Int) -> Void)?

    package init(
        session: Session, repetitions: Int, tokens: [UInt32]?,
        progress: ((_ test: String, _ completed: Int, _ total: Int) -> Void)? = nil
    ) {
        self.session = session
        self.repetitions = repetitions
        self.tokens = tokens
        self.progress = progress
    }

    /// Measures a prompt of `tokenCount` tokens.
    package func prompt(tokenCount: Int) throws(RuntimeError) -> BenchmarkResult {
        let input = tokens(tokenCount)
        return try measure(.prompt, tokenCount) { () throws(RuntimeError) in
            try session.prefill(input)
        }
    }

    /// Measures decoding `tokenCount` tokens one by one.
    package func generation(tokenCount: Int) throws(RuntimeError) -> BenchmarkResult {
        let input = tokens(tokenCount)
        return try measure(.generation, tokenCount) { () throws(RuntimeError) in
            for token in input { try session.decode(token) }
        }
    }

    private func measure(
        _ kind: BenchmarkResult.Kind, _ tokenCount: Int, _ body: () throws(RuntimeError) -> Void
    ) throws(RuntimeError) -> BenchmarkResult {
        var speeds: [Double] = []
        if let progress {
            let test = BenchmarkResult.name(kind, tokenCount)
            let counter = TokenProgress(total: (repetitions + 1) * tokenCount) { progress(test, $0, $1) }
            session.progress = counter.add
        }
        defer { session.progress = nil }
        for run in 0...repetitions {
            session.reset()
            session.resetStatistics()
            try body()
            if run > 0 { speeds.append(phase(kind).tokensPerSecond) }
        }
        let last = phase(kind)
        return BenchmarkResult(
            kind: kind, tokenCount: tokenCount, tokensPerSecond: speeds,
            weightBytesPerToken: last.weightBytesPerToken, executedAttention: last.executedShare(.attention),
            executedMLP: last.executedShare(.mlp))
    }

    private func phase(_ kind: BenchmarkResult.Kind) -> RunStatistics.Phase {
        switch kind {
        case .prompt: session.statistics.prompt
        case .generation: session.statistics.generation
        }
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

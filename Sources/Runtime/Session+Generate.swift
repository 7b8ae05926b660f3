extension Session {
    /// The reason why a generation ended.
    public enum StopReason: Sendable, Equatable {
        /// The sampler chose a token that ends text.
        case endOfText
        /// `maximumTokenCount` tokens were generated.
        case tokenLimit
        /// The session has no position left.
        case positionLimit
        /// `body` returned false.
        case caller
    }

    /// Appends a prompt and then tokens chosen by the sampler, at most `maximumTokenCount`.
    ///
    /// - Parameter body: is called with each token as soon as it is chosen, except one that ends text; returns false to
    ///   stop.
    /// - Throws: the errors of `prefill` and `decode`, before the first token.
    @discardableResult
    public func generate(
        prompt: [UInt32], maximumTokenCount: Int, sampler: inout Sampler, _ body: (UInt32) -> Bool
    ) throws(RuntimeError) -> StopReason {
        try prefill(prompt, wantsLogits: maximumTokenCount > 0)
        // Earlier tokens are too far away for the penalty.
        for token in prompt.suffix(Sampler.penalizedTokenCount) { sampler.accept(token) }
        for count in 0..<max(maximumTokenCount, 0) {
            let start = MonotonicTime.now
            let token = withLogits { sampler.sample($0) }
            statistics.generation.seconds += MonotonicTime.seconds(since: start)
            if model.configuration.endOfTextTokenIDs.contains(Int(token)) { return .endOfText }
            sampler.accept(token)
            if !body(token) { return .caller }
            if count == maximumTokenCount - 1 { return .tokenLimit }
            if position == maximumPositions { return .positionLimit }
            try decode(token)
        }
        return .tokenLimit
    }
}

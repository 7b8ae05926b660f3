extension Session {
    /// Why a generation ended.
    public enum StopReason: Sendable, Equatable {
        /// The model gave a token that ends text.
        case endOfText
        /// As many tokens as were asked for.
        case tokenLimit
        /// No position is left.
        case positionLimit
        /// The caller asked for no more.
        case caller
    }

    /// Appends a prompt and then tokens chosen by the sampler, at most `maximumTokenCount`.
    ///
    /// - Parameter body: called with each token as soon as it is chosen, the one that ends text excluded; returns
    ///   false to stop.
    /// - Throws: what `prefill` and `decode` throw, before the first token.
    @discardableResult
    public func generate(
        prompt: [UInt32], maximumTokenCount: Int, sampler: inout Sampler, _ body: (UInt32) -> Bool
    ) throws(RuntimeError) -> StopReason {
        try prefill(prompt, wantsLogits: maximumTokenCount > 0)
        for count in 0..<max(maximumTokenCount, 0) {
            let start = MonotonicTime.now
            let token = withLogits { sampler.sample($0) }
            statistics.generation.seconds += MonotonicTime.seconds(since: start)
            if model.configuration.endOfTextTokenIDs.contains(Int(token)) { return .endOfText }
            if !body(token) { return .caller }
            if count == maximumTokenCount - 1 { return .tokenLimit }
            if position == maximumPositions { return .positionLimit }
            try decode(token)
        }
        return .tokenLimit
    }
}

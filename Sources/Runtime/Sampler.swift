import Glibc

/// Chooses the next token from logits: the largest, or a random one.
///
/// The steps are those of llama.cpp, in its order: repetition penalty, top-k, top-p, min-p, temperature, draw. Top-p and
/// min-p therefore see probabilities at temperature 1. The same seed and logits result in the same tokens.
public struct Sampler {
    /// The values that change which tokens can be drawn. The values of `init()` change nothing: greedy sampling.
    public struct Options: Sendable, Equatable {
        /// The divisor of the logits; 0: the token with the largest logit is chosen.
        public var temperature: Float = 0
        /// The number of most probable tokens that can be drawn; 0: all.
        public var topCount = 0
        /// Tokens are drawn from the smallest set of most probable tokens whose probabilities sum to at least this; 1:
        /// from all.
        public var topProbability: Float = 1
        /// Tokens are drawn whose probability is at least this share of the largest one; 0: all.
        public var minimumProbability: Float = 0
        /// The logit of a token among the last `penalizedTokenCount` is divided by this if it is positive, otherwise
        /// multiplied; 1: not changed.
        public var repetitionPenalty: Float = 1

        public init() {}
    }

    /// The number of last tokens, of the prompt and of the text, to which the repetition penalty applies.
    public static let penalizedTokenCount = 64

    public let options: Options
    private var random: RandomGenerator
    private var history = TokenHistory(capacity: penalizedTokenCount)
    /// The logits after the penalty; not used without one.
    private var penalized: [Float] = []
    private var candidates = TokenCandidates()

    /// - Throws: `optionOutOfRange` if `temperature` is negative or not finite, `topCount` negative, `topProbability` or
    ///   `minimumProbability` not in 0 to 1, or `repetitionPenalty` not positive and finite.
    public init(_ options: Options = Options(), seed: UInt64 = 0) throws(RuntimeError) {
        guard options.temperature >= 0 && options.temperature.isFinite else {
            throw .optionOutOfRange(option: "temperature")
        }
        guard options.topCount >= 0 else { throw .optionOutOfRange(option: "topCount") }
        guard options.topProbability >= 0 && options.topProbability <= 1 else {
            throw .optionOutOfRange(option: "topProbability")
        }
        guard options.minimumProbability >= 0 && options.minimumProbability <= 1 else {
            throw .optionOutOfRange(option: "minimumProbability")
        }
        guard options.repetitionPenalty > 0 && options.repetitionPenalty.isFinite else {
            throw .optionOutOfRange(option: "repetitionPenalty")
        }
        self.options = options
        random = RandomGenerator(seed: seed)
    }

    /// Adds a token of the prompt or of the text to those that the repetition penalty applies to.
    public mutating func accept(_ token: UInt32) {
        if options.repetitionPenalty != 1 { history.append(token) }
    }

    /// Returns the next token. If several logits are the largest, the first is chosen. A token whose logit is NaN is
    /// chosen only if all are; then the result is token 0.
    public mutating func sample(_ logits: Span<Float>) -> UInt32 {
        withPenalty(logits) { sampler, logits in sampler.choose(logits) }
    }

    /// Returns the tokens that can be drawn with their probabilities, in no particular order. For tests.
    mutating func distribution(after logits: Span<Float>) -> [(token: UInt32, probability: Double)] {
        withPenalty(logits) { sampler, logits in
            sampler.selectCandidates(logits, largest: logits[Self.largest(logits)])
            return sampler.candidates.probabilities
        }
    }

    /// Calls `body` with the logits after the repetition penalty.
    private mutating func withPenalty<Result>(
        _ logits: Span<Float>, _ body: (inout Sampler, Span<Float>) -> Result
    ) -> Result {
        if options.repetitionPenalty == 1 || history.tokens.isEmpty { return body(&self, logits) }
        penalize(logits)
        // Moved out during the call, because `body` changes other parts of the sampler.
        let scores = penalized
        penalized = []
        defer { penalized = scores }
        return body(&self, scores.span)
    }

    private mutating func choose(_ logits: Span<Float>) -> UInt32 {
        let best = Self.largest(logits)
        if options.temperature == 0 || !logits[best].isFinite { return UInt32(best) }
        selectCandidates(logits, largest: logits[best])
        return candidates.draw(chance: random.nextUnit())
    }

    /// Sets the candidates to the tokens that can be drawn, weighed by their probabilities.
    private mutating func selectCandidates(_ logits: Span<Float>, largest: Float) {
        candidates.gather(logits, count: options.topCount)
        if options.topProbability < 1 || options.minimumProbability > 0 {
            candidates.weigh(largest: largest, temperature: 1)
            if options.topProbability < 1 { candidates.keepTop(holding: Double(options.topProbability)) }
            if options.minimumProbability > 0 { candidates.keep(weighing: options.minimumProbability) }
        }
        candidates.weigh(largest: largest, temperature: options.temperature)
    }

    /// Sets `penalized` to the logits after the repetition penalty.
    private mutating func penalize(_ logits: Span<Float>) {
        if penalized.count != logits.count { penalized = [Float](repeating: 0, count: logits.count) }
        for index in 0..<logits.count { penalized[index] = logits[index] }
        for token in history.distinctTokens where Int(token) < penalized.count {
            let logit = penalized[Int(token)]
            let penalty = options.repetitionPenalty
            penalized[Int(token)] = logit > 0 ? logit / penalty : logit * penalty
        }
    }

    /// Returns the index of the largest logit, the first one if several are equal.
    static func largest(_ logits: Span<Float>) -> Int {
        let width = 16
        var lanes = SIMD16<Float>(repeating: -.infinity)
        let whole = logits.count / width * width
        for start in stride(from: 0, to: whole, by: width) {
            var values = SIMD16<Float>()
            for lane in 0..<width { values[lane] = logits[start + lane] }
            lanes.replace(with: values, where: values .> lanes)
        }
        var largest = lanes.max()
        for index in whole..<logits.count where logits[index] > largest { largest = logits[index] }
        for index in 0..<logits.count where logits[index] == largest { return index }
        return 0
    }
}

/// The last tokens of a sequence.
private struct TokenHistory {
    let capacity: Int
    private(set) var tokens: [UInt32] = []
    /// The place of the oldest token, once there are `capacity`.
    private var oldest = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func append(_ token: UInt32) {
        if tokens.count < capacity {
            tokens.append(token)
        } else {
            tokens[oldest] = token
            oldest = (oldest + 1) % capacity
        }
    }

    /// Each token once.
    var distinctTokens: [UInt32] {
        tokens.indices.filter { !tokens[..<$0].contains(tokens[$0]) }.map { tokens[$0] }
    }
}

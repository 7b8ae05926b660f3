import Glibc

/// Chooses the next token from logits: the largest, or a random one by temperature and top-p.
///
/// Allocates memory at the first draw only. The same seed and logits result in the same tokens.
public struct Sampler {
    /// The divisor of the logits; 0: `sample` returns the token with the largest logit.
    public let temperature: Float
    /// Tokens are drawn from the smallest set of most probable tokens whose probabilities sum to at least this; 1: from
    /// all.
    public let topProbability: Float

    private var random: RandomGenerator
    /// The probability of every token, times a common factor.
    private var weights: [Float] = []
    private var candidates: [Candidate] = []

    /// - Throws: `optionOutOfRange` if `temperature` is negative or not finite, or `topProbability` not in 0 to 1.
    public init(temperature: Float = 0, topProbability: Float = 1, seed: UInt64 = 0) throws(RuntimeError) {
        guard temperature >= 0 && temperature.isFinite else { throw .optionOutOfRange(option: "temperature") }
        guard topProbability >= 0 && topProbability <= 1 else { throw .optionOutOfRange(option: "topProbability") }
        self.temperature = temperature
        self.topProbability = topProbability
        random = RandomGenerator(seed: seed)
    }

    /// Returns the next token. If several logits are the largest, the first is chosen. A token whose logit is NaN is
    /// chosen only if all are; then the result is token 0.
    public mutating func sample(_ logits: Span<Float>) -> UInt32 {
        let best = Self.largest(logits)
        if temperature == 0 || logits[best].isNaN { return UInt32(best) }
        let total = weigh(logits, largest: logits[best])
        // With an infinite logit there are no finite weights.
        if !(total > 0) { return UInt32(best) }
        let chance = random.nextUnit()
        if topProbability == 1 {
            return UInt32(Self.place(chance * total, among: weights.count) { weights[$0] })
        }
        gatherCandidates(total: total)
        let top = gatherTop(holding: total * Double(topProbability))
        return candidates[Self.place(chance * top.weight, among: top.count) { candidates[$0].weight }].token
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

    private struct Candidate {
        let token: UInt32
        let weight: Float

        /// The order of probability. Of equal ones the smaller token comes first, so that the order is total.
        func precedes(_ other: Candidate) -> Bool {
            weight != other.weight ? weight > other.weight : token < other.token
        }
    }

    /// Sets `weights` and returns their sum.
    private mutating func weigh(_ logits: Span<Float>, largest: Float) -> Double {
        if weights.count != logits.count { weights = [Float](repeating: 0, count: logits.count) }
        var total = 0.0
        for index in 0..<logits.count {
            let weight = expf((logits[index] - largest) / temperature)
            // NaN if the logit is NaN, or if it and the largest are infinite.
            weights[index] = weight.isNaN ? 0 : weight
            total += Double(weights[index])
        }
        return total
    }

    /// Gathers the tokens that may belong to the top. All tokens below `least` together weigh less than the rest that
    /// the top leaves out.
    private mutating func gatherCandidates(total: Double) {
        let least = Float(total * Double(1 - topProbability) / Double(weights.count) * 0.999)
        candidates.removeAll(keepingCapacity: true)
        candidates.reserveCapacity(weights.count)
        for index in 0..<weights.count where weights[index] >= least && weights[index] > 0 {
            candidates.append(Candidate(token: UInt32(index), weight: weights[index]))
        }
    }

    /// Moves the smallest set of most probable candidates that weigh `wanted` to the front, by selection in linear
    /// time.
    private mutating func gatherTop(holding wanted: Double) -> (count: Int, weight: Double) {
        // Candidates before `low` belong to the top and weigh `held`; those from `high` on do not belong to it.
        var low = 0
        var high = candidates.count
        var held = 0.0
        while high - low > 1 {
            let middle = partition(low..<high)
            var weight = 0.0
            for index in low..<middle { weight += Double(candidates[index].weight) }
            if held + weight >= wanted {
                high = middle
            } else {
                held += weight
                low = middle
            }
        }
        return (high, held + Double(candidates[low].weight))
    }

    /// Partitions a range of at least two candidates into two parts that are not empty, and returns the start of the
    /// second. Every candidate of the first precedes every candidate of the second.
    private mutating func partition(_ range: Range<Int>) -> Int {
        let pivot = median(
            candidates[range.lowerBound], candidates[range.lowerBound + range.count / 2],
            candidates[range.upperBound - 1])
        var left = range.lowerBound
        var right = range.upperBound - 1
        while true {
            while candidates[left].precedes(pivot) { left += 1 }
            while pivot.precedes(candidates[right]) { right -= 1 }
            if left >= right { break }
            candidates.swapAt(left, right)
            left += 1
            right -= 1
        }
        // Candidates before `left` precede the pivot or are it; those from `left` on do not precede it.
        return max(left, range.lowerBound + 1)
    }

    private func median(_ a: Candidate, _ b: Candidate, _ c: Candidate) -> Candidate {
        let (first, second) = a.precedes(b) ? (a, b) : (b, a)
        return c.precedes(first) ? first : c.precedes(second) ? c : second
    }

    /// Returns the index at which the running sum of the weights exceeds `goal`.
    private static func place(_ goal: Double, among count: Int, weight: (Int) -> Float) -> Int {
        var remaining = goal
        var last = 0
        for index in 0..<count where weight(index) > 0 {
            remaining -= Double(weight(index))
            last = index
            if remaining < 0 { break }
        }
        return last
    }
}

import Glibc

/// Chooses the next token from logits: the largest, or drawn by temperature and top-p.
///
/// Allocates on its first draw only. The same seed and logits give the same tokens.
public struct Sampler {
    /// Logits are divided by it; 0: the largest logit is taken.
    public let temperature: Float
    /// Tokens are drawn from the fewest most probable ones whose probabilities sum to at least this; 1: from all.
    public let topProbability: Float

    private var random: RandomGenerator
    /// Every token's probability, times a common factor.
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

    /// The next token. Of equal largest logits the first counts. Logits that are not numbers are never chosen unless
    /// all are; then it is token 0.
    public mutating func sample(_ logits: Span<Float>) -> UInt32 {
        let best = Self.largest(logits)
        if temperature == 0 || logits[best].isNaN { return UInt32(best) }
        let total = weigh(logits, largest: logits[best])
        // Infinite logits leave nothing to weigh the others by.
        if !(total > 0) { return UInt32(best) }
        let chance = random.nextUnit()
        if topProbability == 1 {
            return UInt32(Self.place(chance * total, among: weights.count) { weights[$0] })
        }
        gatherCandidates(total: total)
        let top = gatherTop(holding: total * Double(topProbability))
        return candidates[Self.place(chance * top.weight, among: top.count) { candidates[$0].weight }].token
    }

    /// The index of the largest logit, the first of equals.
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

        /// The order of probability; of equal ones the smaller token comes first, so that no two are equal.
        func precedes(_ other: Candidate) -> Bool {
            weight != other.weight ? weight > other.weight : token < other.token
        }
    }

    /// Sets `weights`; returns their sum.
    private mutating func weigh(_ logits: Span<Float>, largest: Float) -> Double {
        if weights.count != logits.count { weights = [Float](repeating: 0, count: logits.count) }
        var total = 0.0
        for index in 0..<logits.count {
            let weight = expf((logits[index] - largest) / temperature)
            // Not a number if the logit is none, or if it and the largest are infinite.
            weights[index] = weight.isNaN ? 0 : weight
            total += Double(weights[index])
        }
        return total
    }

    /// Tokens that may belong to the top: all those below this weight together hold less than the top leaves out.
    private mutating func gatherCandidates(total: Double) {
        let least = Float(total * Double(1 - topProbability) / Double(weights.count) * 0.999)
        candidates.removeAll(keepingCapacity: true)
        candidates.reserveCapacity(weights.count)
        for index in 0..<weights.count where weights[index] >= least && weights[index] > 0 {
            candidates.append(Candidate(token: UInt32(index), weight: weights[index]))
        }
    }

    /// Moves the fewest most probable candidates that hold `wanted` to the front: a selection, linear in their number.
    private mutating func gatherTop(holding wanted: Double) -> (count: Int, weight: Double) {
        // All before `low` belong to the top, and weigh `held`; none from `high` on does.
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

    /// Splits a range of at least two so that what precedes stands before what follows; both parts hold something.
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
        // Everything before `left` precedes the pivot or is it; nothing from `left` on precedes it.
        return max(left, range.lowerBound + 1)
    }

    private func median(_ a: Candidate, _ b: Candidate, _ c: Candidate) -> Candidate {
        let (first, second) = a.precedes(b) ? (a, b) : (b, a)
        return c.precedes(first) ? first : c.precedes(second) ? c : second
    }

    /// The index where the running sum of the weights passes `goal`.
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

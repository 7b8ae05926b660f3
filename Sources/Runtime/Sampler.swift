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
        if temperature == 0 { return UInt32(best) }
        weigh(logits, largest: logits[best])
        if candidates.isEmpty { return UInt32(best) }
        return topProbability < 1 ? drawFromTop() : draw()
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
    }

    /// Every token's probability, times a common factor.
    private mutating func weigh(_ logits: Span<Float>, largest: Float) {
        candidates.removeAll(keepingCapacity: true)
        candidates.reserveCapacity(logits.count)
        for index in 0..<logits.count {
            let weight = expf((logits[index] - largest) / temperature)
            if weight > 0 { candidates.append(Candidate(token: UInt32(index), weight: weight)) }
        }
    }

    private mutating func draw() -> UInt32 {
        draw(from: 0..<candidates.count, total: candidates.reduce(0.0) { $0 + Double($1.weight) })
    }

    /// Takes the most probable candidates off a heap, until they hold enough of the total, and draws one of them.
    private mutating func drawFromTop() -> UInt32 {
        let total = candidates.reduce(0.0) { $0 + Double($1.weight) }
        let wanted = total * Double(topProbability)
        for parent in (0..<candidates.count / 2).reversed() { siftDown(from: parent, count: candidates.count) }
        var held = 0.0
        var rest = candidates.count
        repeat {
            rest -= 1
            held += Double(candidates[0].weight)
            candidates.swapAt(0, rest)
            siftDown(from: 0, count: rest)
        } while held < wanted && rest > 0
        return draw(from: rest..<candidates.count, total: held)
    }

    private mutating func draw(from range: Range<Int>, total: Double) -> UInt32 {
        var remaining = random.nextUnit() * total
        // From the most probable on, where the candidates are sorted: `drawFromTop` leaves them rising.
        for index in range.reversed() {
            remaining -= Double(candidates[index].weight)
            if remaining < 0 { return candidates[index].token }
        }
        return candidates[range.lowerBound].token
    }

    /// Restores the heap (no child is more probable than its parent) below `start`. Of equal weights the smaller token
    /// comes first, so that the order does not depend on the heap's history.
    private mutating func siftDown(from start: Int, count: Int) {
        var parent = start
        while 2 * parent + 1 < count {
            var child = 2 * parent + 1
            if child + 1 < count && precedes(child + 1, child) { child += 1 }
            if !precedes(child, parent) { return }
            candidates.swapAt(parent, child)
            parent = child
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (candidates[left], candidates[right])
        return left.weight != right.weight ? left.weight > right.weight : left.token < right.token
    }
}

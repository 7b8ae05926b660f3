import Glibc

/// The tokens that a sampler can draw. Keeps its memory between tokens.
struct TokenCandidates {
    private struct Candidate {
        let token: UInt32
        let logit: Float
        /// The probability times a factor that all candidates have in common.
        var weight: Float = 0

        /// The order of probability. Of equal ones the smaller token comes first, so that the order is total.
        func precedes(_ other: Candidate) -> Bool {
            logit != other.logit ? logit > other.logit : token < other.token
        }
    }

    private var candidates: [Candidate] = []

    private var totalWeight: Double { candidates.reduce(0) { $0 + Double($1.weight) } }

    var probabilities: [(token: UInt32, probability: Double)] {
        let total = totalWeight
        return candidates.map { ($0.token, Double($0.weight) / total) }
    }

    /// Gathers the `count` tokens with the largest logits, or all tokens if it is 0. Logits that are NaN are left out.
    mutating func gather(_ logits: Span<Float>, count: Int) {
        candidates.removeAll(keepingCapacity: true)
        if count == 0 || count >= logits.count {
            candidates.reserveCapacity(logits.count)
            for index in 0..<logits.count where !logits[index].isNaN { append(index, logits[index]) }
            return
        }
        // More than `count` are gathered before the smallest are removed, so that a token costs constant time on
        // average. Of equal logits the first tokens are kept, so a later token must exceed the smallest one.
        let bufferCount = count * 2 + 64
        candidates.reserveCapacity(min(bufferCount, logits.count))
        var least = -Float.infinity
        var isFull = false
        for index in 0..<logits.count {
            let logit = logits[index]
            guard isFull ? logit > least : !logit.isNaN else { continue }
            append(index, logit)
            if candidates.count >= bufferCount {
                keepFirst(count)
                least = candidates.reduce(Float.infinity) { min($0, $1.logit) }
                isFull = true
            }
        }
        if candidates.count > count { keepFirst(count) }
    }

    private mutating func append(_ index: Int, _ logit: Float) {
        candidates.append(Candidate(token: UInt32(index), logit: logit))
    }

    /// Sets the weights: 1 for the largest logit.
    mutating func weigh(largest: Float, temperature: Float) {
        for index in candidates.indices {
            candidates[index].weight = expf((candidates[index].logit - largest) / temperature)
        }
    }

    /// Keeps the smallest set of most probable tokens that have a share of the weight of all, and at least one token.
    mutating func keepTop(holding share: Double) {
        let total = totalWeight
        // All tokens below this together weigh less than what the top leaves out.
        let least = Float(total * (1 - share) / Double(candidates.count) * 0.999)
        candidates.removeAll { $0.weight < least }
        let wanted = total * share
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
        candidates.removeSubrange(high...)
    }

    /// Keeps the tokens that weigh at least this.
    mutating func keep(weighing least: Float) { candidates.removeAll { $0.weight < least } }

    /// Returns the token at which the running sum of the weights exceeds `chance`, 0 to below 1, of their total.
    func draw(chance: Double) -> UInt32 {
        var remaining = chance * totalWeight
        var last = candidates[0].token
        for candidate in candidates where candidate.weight > 0 {
            remaining -= Double(candidate.weight)
            last = candidate.token
            if remaining < 0 { break }
        }
        return last
    }

    /// Keeps the `count` candidates with the largest logits, by selection in linear time.
    private mutating func keepFirst(_ count: Int) {
        var low = 0
        var high = candidates.count
        while high - low > 1 {
            let middle = partition(low..<high)
            if middle >= count { high = middle } else { low = middle }
            if middle == count { break }
        }
        candidates.removeSubrange(count...)
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
}

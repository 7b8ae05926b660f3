import Glibc

/// Probabilities from logits, in double precision.
enum LogProbability {
    /// −log softmax(logits)[index].
    static func negative(of index: Int, logits: Span<Float>) -> Double {
        logSumExp(logits) - Double(logits[index])
    }

    /// log Σ exp(logits).
    static func logSumExp(_ logits: Span<Float>) -> Double {
        var largest = -Float.infinity
        for index in logits.indices { largest = max(largest, logits[index]) }
        var sum = 0.0
        for index in logits.indices { sum += exp(Double(logits[index] - largest)) }
        return Double(largest) + log(sum)
    }
}

/// Returns e^x.
func exponential(_ exponent: Double) -> Double { exp(exponent) }

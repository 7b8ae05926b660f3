/// How well a model predicts a text.
package struct Perplexity {
    /// Negative log-likelihoods of the scored tokens, in nats.
    package private(set) var losses: [Double] = []

    /// e to the mean loss.
    package var value: Double { exponential(SampleMean(losses).value) }

    /// The standard error of `value`.
    package var standardError: Double { value * SampleMean(losses).standardError }

    package mutating func add(_ windowLosses: [Double]) { losses += windowLosses }

    /// How much larger it is than another one of the same tokens, as a share of the other, with its standard error: that
    /// of the differences of single tokens, far smaller than those of the two perplexities.
    package func change(from other: Perplexity) -> (share: Double, standardError: Double) {
        let difference = SampleMean(zip(losses, other.losses).map { $0 - $1 })
        let ratio = exponential(difference.value)
        return (ratio - 1, ratio * difference.standardError)
    }
}

/// A mean and the standard error that its sample's variance gives it.
package struct SampleMean {
    package let value: Double
    package let standardError: Double

    package init(_ sample: [Double]) {
        let count = Double(sample.count)
        let mean = sample.reduce(0, +) / count
        let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        value = mean
        standardError = count > 1 ? (squares / count / (count - 1)).squareRoot() : 0
    }
}

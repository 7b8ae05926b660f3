/// The perplexity of a text: e to the mean negative log-likelihood of its tokens.
package struct Perplexity {
    /// The negative log-likelihoods of the scored tokens, in nats.
    package private(set) var losses: [Double] = []

    /// e to the mean loss.
    package var value: Double { exponential(SampleMean(losses).value) }

    /// The standard error of `value`.
    package var standardError: Double { value * SampleMean(losses).standardError }

    package mutating func add(_ windowLosses: [Double]) { losses += windowLosses }

    /// Returns its difference from another perplexity of the same tokens, divided by the other, and the standard error.
    /// That is the standard error of the differences of single tokens, which is far smaller than those of the two
    /// perplexities.
    package func change(from other: Perplexity) -> (share: Double, standardError: Double) {
        let difference = SampleMean(zip(losses, other.losses).map { $0 - $1 })
        let ratio = exponential(difference.value)
        return (ratio - 1, ratio * difference.standardError)
    }
}

/// The mean of a sample and its standard error.
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

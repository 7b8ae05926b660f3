/// How well a model predicts a text.
struct Perplexity {
    /// Negative log-likelihoods of the scored tokens, in nats.
    private(set) var losses: [Double] = []

    /// e to the mean loss.
    var value: Double { exponential(SampleMean(losses).value) }

    /// The standard error of `value`.
    var standardError: Double { value * SampleMean(losses).standardError }

    mutating func add(_ windowLosses: [Double]) { losses += windowLosses }

    /// How much larger it is than another one of the same tokens, as a share of the other, with its standard error: that
    /// of the differences of single tokens, far smaller than those of the two perplexities.
    func change(from other: Perplexity) -> (share: Double, standardError: Double) {
        let difference = SampleMean(zip(losses, other.losses).map { $0 - $1 })
        let ratio = exponential(difference.value)
        return (ratio - 1, ratio * difference.standardError)
    }
}

/// A mean and the standard error that its sample's variance gives it.
struct SampleMean {
    let value: Double
    let standardError: Double

    init(_ sample: [Double]) {
        let count = Double(sample.count)
        let mean = sample.reduce(0, +) / count
        let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        value = mean
        standardError = count > 1 ? (squares / count / (count - 1)).squareRoot() : 0
    }
}

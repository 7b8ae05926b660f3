/// The error of quantized weights against the original weights. Sums are over all elements.
public struct QuantizationFigures: Equatable, Sendable {
    /// Σ weight²
    public var squaredWeights: Double
    /// Σ (weight − value · scale)²
    public var squaredErrors: Double
    /// The largest |weight − value · scale|
    public var largestError: Double

    public static let zero = QuantizationFigures(squaredWeights: 0, squaredErrors: 0, largestError: 0)

    public init(squaredWeights: Double, squaredErrors: Double, largestError: Double) {
        self.squaredWeights = squaredWeights
        self.squaredErrors = squaredErrors
        self.largestError = largestError
    }

    /// Adds the figures of further rows. The order matters because sums are rounded.
    public mutating func add(_ other: QuantizationFigures) {
        squaredWeights += other.squaredWeights
        squaredErrors += other.squaredErrors
        largestError = max(largestError, other.largestError)
    }

    /// The root of the mean squared error, divided by that of the mean squared weight; 0 if there is
    /// no error.
    public var relativeError: Double {
        squaredErrors == 0 ? 0 : (squaredErrors / squaredWeights).squareRoot()
    }
}

import Format
import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How far the int8 tensors of a file are from the weights that they were made of.
struct QuantizationSummary: Encodable {
    let tensors: Int
    let weights: Int
    /// Of the records, scales and padding included, relative to one byte per weight.
    let bytesPerWeight: Double
    let relativeError: Double
    let sqnr: Double?
    let largestError: Double
    /// The tensor with the largest relative error.
    let worstTensor: String
    let worstSQNR: Double?

    /// Nil if none of `records` is int8. `figures` are those of the int8 tensors among them.
    init?(_ records: [TensorRecord], _ figures: [QuantizationFigures]) {
        let pairs = Array(zip(records.filter { $0.elementType == .int8 }, figures))
        guard let worst = pairs.max(by: { $0.1.relativeError < $1.1.relativeError }) else { return nil }
        var total = QuantizationFigures.zero
        for (_, figures) in pairs { total.add(figures) }
        tensors = pairs.count
        weights = pairs.map(\.0.shape.elementCount).reduce(0, +)
        bytesPerWeight = Double(pairs.map(\.0.byteCount).reduce(0, +)) / Double(max(weights, 1))
        relativeError = total.relativeError
        sqnr = total.sqnr
        largestError = total.largestError
        worstTensor = "\(worst.0.id)"
        worstSQNR = worst.1.sqnr
    }

    /// One line.
    var text: String {
        "\(tensors) tensors, \(Decimal.text(bytesPerWeight, places: 4)) bytes per weight, SQNR \(Self.decibels(sqnr)), "
            + "worst \(worstTensor) \(Self.decibels(worstSQNR))"
    }

    static func decibels(_ value: Double?) -> String { value.map { Decimal.text($0, places: 2) + " dB" } ?? "exact" }
}

extension QuantizationFigures {
    /// The signal-to-quantization-noise ratio in decibels; nil if there is no error.
    var sqnr: Double? { relativeError == 0 ? nil : -20 * log10(relativeError) }
}

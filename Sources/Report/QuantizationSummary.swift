import Glibc
import SkipCompiler
import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipModel

/// The errors of the int8 tensors of a file against the weights that were rounded.
package struct QuantizationSummary: JSONConvertible {
    let tensorCount: Int
    let weights: Int
    /// Bytes of the records, with scales and padding, divided by the number of weights.
    let bytesPerWeight: Double
    let relativeError: Double
    let sqnr: Double?
    let largestError: Double
    /// The tensor with the largest relative error.
    let worstTensor: String
    let worstSQNR: Double?

    /// Nil if none of `records` is int8. `figures` has an element for each int8 tensor among them.
    package init?(_ records: [TensorRecord], _ figures: [QuantizationFigures]) {
        let pairs = Array(zip(records.filter { $0.elementType == .int8 }, figures))
        guard let worst = pairs.max(by: { $0.1.relativeError < $1.1.relativeError }) else { return nil }
        var total = QuantizationFigures.zero
        for (_, figures) in pairs { total.add(figures) }
        tensorCount = pairs.count
        weights = pairs.map(\.0.shape.elementCount).reduce(0, +)
        bytesPerWeight = Double(pairs.map(\.0.byteCount).reduce(0, +)) / Double(max(weights, 1))
        relativeError = total.relativeError
        sqnr = total.sqnr
        largestError = total.largestError
        worstTensor = "\(worst.0.id)"
        worstSQNR = worst.1.sqnr
    }

    /// The summary of a file that was just written; nil if nothing is int8.
    init?(_ written: WrittenFile) { self.init(written.layout.tensors, written.quantizationFigures) }

    /// The summary in one line.
    package var text: String {
        "\(tensorCount) tensors, \(Decimal.significant(bytesPerWeight * 8)) bits per weight, "
            + "SQNR \(Self.decibels(sqnr)), worst \(worstTensor) \(Self.decibels(worstSQNR))"
    }

    static func decibels(_ value: Double?) -> String { value.map { Decimal.significant($0) + " dB" } ?? "exact" }

    package var json: JSONDocument {
        [
            "tensorCount": .integer(tensorCount),
            "weights": .integer(weights),
            "bytesPerWeight": .number(bytesPerWeight),
            "relativeError": .number(relativeError),
            "sqnr": .optional(sqnr),
            "largestError": .number(largestError),
            "worstTensor": .string(worstTensor),
            "worstSQNR": .optional(worstSQNR),
        ]
    }
}

/// The error of an int8 tensor against the weights that were rounded.
package struct QuantizedTensorReport: JSONConvertible {
    let tensor: String
    /// The number of columns that share a scale; 0 for all of a row.
    let groupSize: Int
    /// The root mean square of the errors, divided by that of the weights.
    let relativeError: Double
    /// Signal to quantization noise in decibels; nil if there is no error.
    let sqnr: Double?
    let largestError: Double

    package init(_ record: TensorRecord, _ figures: QuantizationFigures) {
        tensor = "\(record.id)"
        groupSize = record.storage.groupSize
        relativeError = figures.relativeError
        sqnr = figures.sqnr
        largestError = figures.largestError
    }

    /// Returns a report for each int8 tensor among `records`, which `figures` belong to.
    static func reports(of records: [TensorRecord], _ figures: [QuantizationFigures]) -> [QuantizedTensorReport] {
        zip(records.filter { $0.elementType == .int8 }, figures).map { QuantizedTensorReport($0, $1) }
    }

    package var text: String {
        "relative error \(Decimal.finePercent(relativeError)), SQNR \(QuantizationSummary.decibels(sqnr)), "
            + "largest error \(Decimal.significant(largestError))"
    }

    package var json: JSONDocument {
        [
            "tensor": .string(tensor),
            "groupSize": .integer(groupSize),
            "relativeError": .number(relativeError),
            "sqnr": .optional(sqnr),
            "largestError": .number(largestError),
        ]
    }
}

extension QuantizationFigures {
    /// The signal-to-quantization-noise ratio in decibels; nil if there is no error.
    var sqnr: Double? { relativeError == 0 ? nil : -20 * log10(relativeError) }
}

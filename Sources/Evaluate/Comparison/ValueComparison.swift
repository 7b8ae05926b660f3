import SkipCompiler
import SkipFiles
import SkipModel

/// Compares two tensors of the same shape element by element, in float32.
struct ValueComparison: Equatable {
    private(set) var differingCount = 0
    /// The largest absolute difference; infinite if one of the values is infinite or not a number.
    private(set) var largest: Float = 0
    /// Σ difference², in float64.
    private(set) var squaredDifferences = 0.0
    /// Σ value² of the first tensor, in float64.
    private(set) var squaredValues = 0.0
    /// The index of the largest difference.
    private(set) var place: Int?

    /// The number of elements that are compared at a time, unless 16 rows have more.
    private static let blockCount = 1 << 16

    init(_ plan: TensorPlan, _ other: TensorPlan, _ evaluator: inout PlanEvaluator) throws(InputError) {
        let (rows, columns) = (plan.shape.rowCount, plan.shape.columnCount)
        // A record of int8 has 16 rows.
        let step = max(Self.blockCount / max(columns, 1) / 16, 1) * 16
        for start in stride(from: 0, to: rows, by: step) {
            let block = start..<min(start + step, rows)
            let values = try evaluator.floats(block, of: plan)
            let others = try evaluator.floats(block, of: other)
            for index in values.indices {
                squaredValues += Double(values[index]) * Double(values[index])
                if values[index].bitPattern == others[index].bitPattern { continue }
                differingCount += 1
                let finding = abs(values[index] - others[index])
                let difference = finding.isNaN ? .infinity : finding
                squaredDifferences += Double(difference) * Double(difference)
                if difference > largest || place == nil {
                    largest = difference
                    place = start * columns + index
                }
            }
        }
    }
}

import SkipModel
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

/// Evaluates tensors of a graph.
struct PlanValues {
    let result: FrontEnd.Result

    init(_ result: FrontEnd.Result) throws {
        try result.graph.verify(.imported)
        self.result = result
    }

    func plan(_ id: TensorID) throws -> TensorPlan {
        try #require(result.graph.tensors.first { $0.id == id }, "\(id)").plan
    }

    /// All elements of a tensor in float32, evaluated in blocks of `rowCount` rows.
    func floats(_ id: TensorID, rowCount: Int = .max) throws -> [Float] {
        try Self.floats(try plan(id), files: result.files, rowCount: rowCount)
    }

    /// The elements under a name of the Llama family.
    func floats(named name: String) throws -> [Float] {
        guard case .placements(let placements, let layer) = LlamaFamily().placements.meaning(of: ByteString(name)),
            let role = placements.first?.role
        else { throw InputError(.tensorUnexpected, file: "", found: name) }
        return try floats(TensorID(role, layer: layer))
    }

    static func floats(_ plan: TensorPlan, files: [InputFile], rowCount: Int = .max) throws -> [Float] {
        var evaluator = PlanEvaluator(PlanSources(files: files))
        var values: [Float] = []
        var row = 0
        while row < plan.shape.rowCount {
            let end = min(plan.shape.rowCount, row.addingReportingOverflow(rowCount).overflow ? .max : row + rowCount)
            values += try evaluator.floats(row..<end, of: plan)
            row = end
        }
        return values
    }
}

/// The largest difference over the largest number.
func relativeError(_ found: [Float], _ wanted: [Float]) -> Float {
    guard found.count == wanted.count else { return .infinity }
    let largest = wanted.map(abs).max() ?? 0
    return (zip(found, wanted).map { abs($0 - $1) }.max() ?? 0) / max(largest, .leastNormalMagnitude)
}

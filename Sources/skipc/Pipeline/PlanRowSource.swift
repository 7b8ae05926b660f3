import Convert
import Format
import Model

/// Hands planned rows to the writer: one evaluator for each of its threads.
struct PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let files: [InputFile]
    private let factors: FactorCache
    private let deltas: DeltaCollector?

    /// Plans in the order of the writer's tensors, over `files`. Sources of one run share the adapters' tensors. With
    /// `deltas`, what merging does is measured on the way.
    init(
        plans: [TensorPlan], files: [InputFile], factors: FactorCache = FactorCache(), deltas: DeltaCollector? = nil
    ) {
        self.plans = plans
        self.files = files
        self.factors = factors
        self.deltas = deltas
    }

    /// Evaluators own buffers and are not copied, so a reader is a class.
    final class Reader: TensorRowReader {
        private let plans: [TensorPlan]
        private let deltas: DeltaCollector?
        private var evaluator: PlanEvaluator

        fileprivate init(_ source: PlanRowSource) {
            plans = source.plans
            deltas = source.deltas
            evaluator = PlanEvaluator(files: source.files, factors: source.factors)
        }

        func readRows(
            _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
        ) throws {
            guard let deltas, plans[index].isAdapted else {
                return try unsafe evaluator.rows(rows, of: plans[index], into: destination)
            }
            let figures = try unsafe evaluator.rowsWithFigures(rows, of: plans[index], into: destination)
            deltas.add(figures, tensor: index, firstRow: rows.lowerBound)
        }
    }

    func makeReader() -> Reader { Reader(self) }

    /// A file that changed while it was read would make an output that is neither the old model nor the new.
    func finish() throws {
        for file in files { try file.checkUnchanged() }
    }
}

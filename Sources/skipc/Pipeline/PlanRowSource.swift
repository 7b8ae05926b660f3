import Convert
import Format
import Model
import Synchronization

/// Hands planned rows to the writer: one evaluator for each of its threads.
final class PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let files: [InputFile]
    private let factors: FactorCache
    private let deltas: DeltaCollector?
    /// Per int8 tensor, by the first row of each block.
    private let blockFigures = Mutex<[Int: [Int: QuantizationFigures]]>([:])

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
        private let source: PlanRowSource
        private var evaluator: PlanEvaluator

        fileprivate init(_ source: PlanRowSource) {
            self.source = source
            evaluator = PlanEvaluator(files: source.files, factors: source.factors)
        }

        func readRows(
            _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
        ) throws {
            let plan = source.plans[index]
            if let deltas = source.deltas, plan.isAdapted {
                let figures = try unsafe evaluator.rowsWithFigures(rows, of: plan, into: destination)
                deltas.add(figures, tensor: index, firstRow: rows.lowerBound)
            } else {
                try unsafe evaluator.rows(rows, of: plan, into: destination)
            }
            if plan.elementType == .int8 {
                let figures = evaluator.figures
                source.blockFigures.withLock { $0[index, default: [:]][rows.lowerBound] = figures }
            }
        }
    }

    func makeReader() -> Reader { Reader(self) }

    /// A file that changed while it was read would make an output that is neither the old model nor the new.
    func finish() throws {
        for file in files { try file.checkUnchanged() }
    }

    /// The blocks' figures are added in the order of their rows, whichever thread made them.
    func figures(ofTensorAt index: Int) -> QuantizationFigures {
        let blocks = blockFigures.withLock { $0[index] ?? [:] }
        var figures = QuantizationFigures.zero
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) { figures.add(block) }
        return figures
    }

    /// Of all int8 tensors, in their order.
    var figures: [QuantizationFigures] {
        plans.indices.filter { plans[$0].elementType == .int8 }.map { figures(ofTensorAt: $0) }
    }
}

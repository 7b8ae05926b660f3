import SkipFormat
import SkipModel
import Synchronization

/// Supplies a writer with the rows of planned tensors. Each of the writer's threads has its own evaluator.
final class PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let sources: PlanSources
    /// Collects what merging does, if that is to be measured.
    private let deltas: DeltaCollector?
    /// Figures of int8 tensors, by tensor and by the first row of each block.
    private let blockFigures = Mutex<[Int: [Int: QuantizationFigures]]>([:])

    /// `plans` are in the order of the writer's tensors.
    init(plans: [TensorPlan], sources: PlanSources, deltas: DeltaCollector? = nil) {
        self.plans = plans
        self.sources = sources
        self.deltas = deltas
    }

    /// A reader is a class, because evaluators own memory and cannot be copied.
    final class Reader: TensorRowReader {
        private let source: PlanRowSource
        private var evaluator: PlanEvaluator

        fileprivate init(_ source: PlanRowSource) {
            self.source = source
            evaluator = PlanEvaluator(source.sources)
        }

        func readRows(
            _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
        ) throws {
            let plan = source.plans[index]
            if let deltas = source.deltas, plan.isAdapted {
                let figures = try unsafe evaluator.rowsWithDeltas(rows, of: plan, into: destination)
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

    func finish() throws { try sources.checkUnchanged() }

    /// The figures of blocks are added in the order of their rows, whichever thread made them.
    func figures(ofTensorAt index: Int) -> QuantizationFigures {
        let blocks = blockFigures.withLock { $0[index] ?? [:] }
        var figures = QuantizationFigures.zero
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) { figures.add(block) }
        return figures
    }

    /// The figures of all int8 tensors, in their order.
    var figures: [QuantizationFigures] {
        plans.indices.filter { plans[$0].elementType == .int8 }.map { figures(ofTensorAt: $0) }
    }
}

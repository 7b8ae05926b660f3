import SkipFormat
import SkipModel
import Synchronization

/// Supplies a writer with the rows of planned tensors. Each of the writer's threads has its own evaluator.
final class PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let sources: PlanSources
    /// Collects how merging changes tensors; nil if that is not measured.
    private let deltas: DeltaCollector?
    /// The error figures of int8 tensors, by tensor and by the first row of each block.
    private let blockFigures = Mutex<[Int: [Int: QuantizationFigures]]>([:])

    /// `plans` are in the order of the writer's tensors.
    init(plans: [TensorPlan], sources: PlanSources, deltas: DeltaCollector? = nil) {
        self.plans = plans
        self.sources = sources
        self.deltas = deltas
    }

    /// Reads rows for one thread. A class, because an evaluator cannot be copied.
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

    /// Returns the figures of a tensor. Blocks are added in the order of their rows, so that the sums do not depend on
    /// the number of threads.
    func figures(ofTensorAt index: Int) -> QuantizationFigures {
        let blocks = blockFigures.withLock { $0[index] ?? [:] }
        var figures = QuantizationFigures.zero
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) { figures.add(block) }
        return figures
    }

    /// The figures of all int8 tensors, in order.
    var figures: [QuantizationFigures] {
        plans.indices.filter { plans[$0].elementType == .int8 }.map { figures(ofTensorAt: $0) }
    }
}

import Convert
import Format
import Model

/// Hands planned rows to the writer: one evaluator for each of its threads.
struct PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let files: [InputFile]
    private let factors = FactorCache()

    init(graph: ModelGraph, files: [InputFile]) {
        plans = graph.tensors.map(\.plan)
        self.files = files
    }

    /// Evaluators own buffers and are not copied, so a reader is a class.
    final class Reader: TensorRowReader {
        private let plans: [TensorPlan]
        private var evaluator: PlanEvaluator

        fileprivate init(plans: [TensorPlan], files: [InputFile], factors: FactorCache) {
            self.plans = plans
            evaluator = PlanEvaluator(files: files, factors: factors)
        }

        func readRows(
            _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
        ) throws {
            try unsafe evaluator.rows(rows, of: plans[index], into: destination)
        }
    }

    func makeReader() -> Reader { Reader(plans: plans, files: files, factors: factors) }

    /// A file that changed while it was read would make an output that is neither the old model nor the new.
    func finish() throws {
        for file in files { try file.checkUnchanged() }
    }
}

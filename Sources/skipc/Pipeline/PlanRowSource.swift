import Convert
import Format
import Model

/// Hands planned rows to the writer: one evaluator for each of its threads.
struct PlanRowSource: TensorRowSource {
    private let plans: [TensorPlan]
    private let files: [InputFile]
    private let factors: FactorCache

    /// Plans in the order of the writer's tensors, over `files`. Sources of one run share the adapters' tensors.
    init(plans: [TensorPlan], files: [InputFile], factors: FactorCache = FactorCache()) {
        self.plans = plans
        self.files = files
        self.factors = factors
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

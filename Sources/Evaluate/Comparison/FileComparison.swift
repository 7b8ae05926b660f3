import Glibc
import SkipCompiler
import SkipFiles
import SkipFormat
import SkipModel

/// Finds what differs between two `.skipgpt` files: configuration, tokenizer, tensors and provenance.
package final class FileComparison: Sendable {
    /// A named value that differs; nil for a file that does not have it.
    package struct Difference: JSONConvertible, Equatable {
        package let name: String
        package let first: String?
        package let second: String?

        package var json: JSONDocument {
            [
                "name": .string(name),
                "first": .optional(first),
                "second": .optional(second),
            ]
        }
    }

    /// A tensor that both files have and whose bytes differ.
    package struct TensorDifference: JSONConvertible, Equatable {
        package let tensor: String
        /// The extent that contains it.
        package let module: String
        package let firstType: String
        package let secondType: String
        package let elementCount: Int
        /// The number of elements whose values differ; nil if the shapes differ.
        package let differingCount: Int?
        package let largestDifference: Double?
        /// The position of the largest difference.
        package let row: Int?
        package let column: Int?

        package var json: JSONDocument {
            [
                "tensor": .string(tensor),
                "module": .string(module),
                "firstType": .string(firstType),
                "secondType": .string(secondType),
                "elementCount": .integer(elementCount),
                "differingCount": .optional(differingCount),
                "largestDifference": .optional(largestDifference),
                "row": .optional(row),
                "column": .optional(column),
            ]
        }
    }

    private let first: SkipFile
    private let second: SkipFile
    /// The same files, from which values are read.
    private let sources: PlanSources

    package init(_ first: String, _ second: String) throws(EvaluationError) {
        let files = try EvaluationError.input { () throws(InputError) in
            [try InputFile(opening: first), try InputFile(opening: second)]
        }
        do {
            self.first = try SkipFile.open(files[0])
            self.second = try SkipFile.open(files[1])
        } catch {
            throw .skipFile(error)
        }
        sources = PlanSources(files: files)
    }

    // MARK: Without reading weights

    package var configuration: [Difference] {
        let layers = Self.fields(first.configuration.layers), others = Self.fields(second.configuration.layers)
        return Self.differences(Self.fields(first.configuration) + layers, Self.fields(second.configuration) + others)
    }

    package var provenance: [Difference] {
        Self.differences(
            first.provenance.map { ($0.key, ByteString($0.value).description) },
            second.provenance.map { ($0.key, ByteString($0.value).description) })
    }

    /// Whether the tokenizers' tables are equal or both absent.
    package var hasSameTokenizer: Bool {
        guard let table = unsafe first.tokenizerTable, let other = unsafe second.tokenizerTable else {
            return unsafe (first.tokenizerTable == nil) == (second.tokenizerTable == nil)
        }
        return unsafe Self.haveSameBytes(table, other)
    }

    private static func haveSameBytes(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
        guard first.count == second.count else { return false }
        guard let start = first.baseAddress, let other = second.baseAddress else { return true }
        // SAFETY: both regions have `first.count` bytes.
        return unsafe memcmp(start, other, first.count) == 0
    }

    /// Tensors that only one of the files has.
    package var loneTensors: [Difference] {
        let (ids, others) = (Set(first.tensors.map(\.id)), Set(second.tensors.map(\.id)))
        return ids.symmetricDifference(others).sorted().map { id in
            Difference(
                name: "\(id)", first: first.tensor(id)?.elementType.shortName,
                second: second.tensor(id)?.elementType.shortName)
        }
    }

    /// The tensors that both files have.
    private var commonTensors: [(TensorRecord, TensorRecord)] {
        first.tensors.compactMap { tensor in second.tensor(tensor.id).map { (tensor, $0) } }
    }

    package var commonTensorCount: Int { commonTensors.count }

    /// The number of extents in both files together.
    package var moduleCount: Int { Set((first.tensors + second.tensors).map(\.id.extent)).count }

    /// The extents with a tensor that only one of the files has.
    package var modulesWithLoneTensors: Set<String> {
        let (ids, others) = (Set(first.tensors.map(\.id)), Set(second.tensors.map(\.id)))
        return Set(ids.symmetricDifference(others).map { "\($0.extent)" })
    }

    private static func differences(_ first: [(String, String)], _ second: [(String, String)]) -> [Difference] {
        let others = Dictionary(second) { $1 }
        let names = Set(first.map(\.0))
        return first.compactMap { name, value in
            others[name] == value ? nil : Difference(name: name, first: value, second: others[name])
        } + second.filter { !names.contains($0.0) }.map { Difference(name: $0.0, first: nil, second: $0.1) }
    }

    /// The stored properties of a configuration, except its layers.
    private static func fields(_ configuration: ModelConfiguration) -> [(String, String)] {
        Mirror(reflecting: configuration).children.compactMap { child in
            child.label.flatMap { $0 == "layers" ? nil : ($0, String(describing: child.value)) }
        }
    }

    private static func fields(_ layers: [LayerConfiguration]) -> [(String, String)] {
        layers.enumerated().flatMap { index, layer in
            Mirror(reflecting: layer).children.compactMap { child in
                child.label.map { ("layers.\(index).\($0)", String(describing: child.value)) }
            }
        }
    }

    // MARK: Tensors

    /// Compares the tensors that both files have on `threadCount` threads. Returns the differences in the files' order.
    package func tensors(threadCount: Int) throws(EvaluationError) -> [TensorDifference] {
        let common = commonTensors
        let found = OrderedResults<TensorDifference>(count: common.count)
        do {
            try parallelForEach(
                common.count, threadCount: threadCount, makeState: { PlanEvaluator(self.sources) }
            ) { (index, evaluator: inout PlanEvaluator) throws(InputError) in
                let (tensor, other) = common[index]
                let isEqual =
                    unsafe tensor.storage == other.storage && tensor.shape == other.shape
                    && Self.haveSameBytes(self.first.bytes(of: tensor), self.second.bytes(of: other))
                if !isEqual { found.set(try self.difference(of: tensor, other, &evaluator), at: index) }
            }
        } catch {
            switch error {
            case .failed(let error): throw .input(error)
            case .cancelled: preconditionFailure("nothing cancels a comparison")
            }
        }
        return found.present
    }

    private func difference(
        of tensor: TensorRecord, _ other: TensorRecord, _ evaluator: inout PlanEvaluator
    ) throws(InputError) -> TensorDifference {
        var values: ValueComparison?
        if tensor.shape == other.shape {
            values = try ValueComparison(
                tensor.plan(sourceIndex: 0), other.plan(sourceIndex: 1), &evaluator)
        }
        let columns = max(tensor.shape.columnCount, 1)
        return TensorDifference(
            tensor: "\(tensor.id)", module: "\(tensor.id.extent)",
            firstType: "\(tensor.elementType.shortName)\(tensor.shape)",
            secondType: "\(other.elementType.shortName)\(other.shape)", elementCount: tensor.shape.elementCount,
            differingCount: values?.differingCount, largestDifference: values.map { Double($0.largest) },
            row: values?.place.map { $0 / columns }, column: values?.place.map { $0 % columns })
    }
}

/// Compares two tensors of the same shape element by element, in float32.
private struct ValueComparison {
    private(set) var differingCount = 0
    private(set) var largest: Float = 0
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
            for index in values.indices where values[index].bitPattern != others[index].bitPattern {
                differingCount += 1
                let difference = abs(values[index] - others[index])
                if difference > largest || place == nil {
                    largest = difference
                    place = start * columns + index
                }
            }
        }
    }
}

import Glibc
import SkipCompiler
import SkipFiles
import SkipFormat
import SkipModel

/// Finds what differs between two `.skipgpt` files: configuration, tokenizer, tensors and provenance.
package final class FileComparison: Sendable {
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
        loneIDs.sorted().map { id in
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

    /// The identifiers of the tensors of both files together.
    private var allTensors: Set<TensorID> { Set(first.tensors.map(\.id)).union(second.tensors.map(\.id)) }

    /// The number of extents in both files together.
    package var moduleCount: Int { Set(allTensors.map(\.extent)).count }

    /// The tensors that only one of the files has.
    private var loneIDs: Set<TensorID> { Set(first.tensors.map(\.id)).symmetricDifference(second.tensors.map(\.id)) }

    /// The extents with a tensor that only one of the files has.
    package var modulesWithLoneTensors: Set<String> { Set(loneIDs.map { "\($0.extent)" }) }

    /// The sizes of the files in bytes.
    package var byteCounts: (first: Int, second: Int) { (first.header.fileByteCount, second.header.fileByteCount) }

    /// The numbers of entries of the provenance of both files together.
    package var provenanceCount: Int { Set((first.provenance + second.provenance).map(\.key)).count }

    /// Returns a summary of each kind of extent that the files have, in the order of the file. `differences` are those
    /// of the tensors that both files have.
    package func parts(_ differences: [TensorDifference]) -> [PartComparison] {
        let lone = loneIDs
        return ExtentKind.allCases.compactMap { kind in
            let tensors = allTensors.filter { $0.extent.kind == kind }
            if tensors.isEmpty { return nil }
            let types = [first, second].map { file in
                Set(file.tensors.filter { $0.id.extent.kind == kind }.map(\.storage.description)).sorted()
            }
            return PartComparison(
                kind, tensors: tensors, lone: lone.filter { $0.extent.kind == kind },
                differences: differences.filter { $0.id.extent.kind == kind }, types: (types[0], types[1]))
        }
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

    /// Compares the tensors that both files have. Returns the differences in the files' order.
    package func tensors(_ options: WorkOptions) throws(EvaluationError) -> [TensorDifference] {
        let common = commonTensors
        let counter = ProgressCounter(
            .weights, totalByteCount: common.map(\.0.byteCount).reduce(0, +), report: options.progress)
        let found = OrderedResults<TensorDifference>(count: common.count)
        do {
            try parallelForEach(
                common.count, threadCount: options.threadCount, makeState: { PlanEvaluator(self.sources) }
            ) { (index, evaluator: inout PlanEvaluator) throws(InputError) in
                let (tensor, other) = common[index]
                let isEqual =
                    unsafe tensor.storage == other.storage && tensor.shape == other.shape
                    && Self.haveSameBytes(self.first.bytes(of: tensor), self.second.bytes(of: other))
                if !isEqual { found.set(try self.difference(of: tensor, other, &evaluator), at: index) }
                counter.add(tensor.byteCount)
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
        return TensorDifference(
            id: tensor.id, firstType: "\(tensor.elementType.shortName)\(tensor.shape)",
            secondType: "\(other.elementType.shortName)\(other.shape)", elementCount: tensor.shape.elementCount,
            columnCount: max(tensor.shape.columnCount, 1), values: values)
    }
}

import SkipFiles
import SkipModel

@testable import SkipFormat
@testable import SkipRuntime

extension TestModel {
    /// Writes the model as a `.skipgpt` file.
    func write(to path: String) throws {
        if values.isEmpty { _ = try opened(with: .scalar) }
        let ids = values.keys.sorted()
        let tensors = ids.map { id in
            let shape = configuration.shape(of: id) ?? .vector(0)
            let storage = storage(of: id)
            let source = SourceTensor(
                sourceIndex: 0, name: ByteString("\(id)"),
                elementType: storage.elementType == .int8 ? .float32 : storage.elementType, shape: shape, byteOffset: 0)
            let stored = TensorPlan.stored(source)
            return GraphTensor(
                id: id,
                plan: storage.elementType == .int8 ? .quantized(stored, groupSize: storage.groupSize) : stored)
        }
        let graph = ModelGraph(
            configuration: configuration, sources: [SourceRecord(name: "test", byteCount: 1)], tensors: tensors)
        let layout = try FileLayout(graph: graph, tokenizerTable: nil)
        let rows = Rows(tensors: tensors.map { encoded($0.id) }, storages: tensors.map(\.plan.storage))
        try FileWriter(layout: layout).write(rows: rows, to: path)
    }

    private func storage(of id: TensorID) -> TensorStorage {
        if id.role.isVector { return TensorStorage(.float32) }
        return variant.storage(of: id.role, columnCount: configuration.shape(of: id)?.columnCount ?? 0)
    }

    /// The bytes of a tensor.
    private func encoded(_ id: TensorID) -> [UInt8] {
        if let records = records[id] { return records }
        let floats = values[id] ?? []
        return switch storage(of: id).elementType {
        case .float16: floats.flatMap { bytes(Float16($0).bitPattern) }
        case .bfloat16: floats.flatMap { bytes(UInt16($0.bitPattern >> 16)) }
        default: floats.flatMap { bytes($0.bitPattern) }
        }
    }

    private func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<MemoryLayout<Integer>.size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private struct Rows: TensorRowSource {
        let tensors: [[UInt8]]
        let storages: [TensorStorage]

        func makeReader() -> Reader { Reader(tensors: tensors, storages: storages) }

        struct Reader: TensorRowReader {
            let tensors: [[UInt8]]
            let storages: [TensorStorage]

            func readRows(
                _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
            ) {
                // Rows, or records of rows, follow each other, so the size of the destination determines the first
                // byte.
                let count = storages[index].recordCount(rowCount: rows.count)
                let start = rows.lowerBound / storages[index].recordRowCount * (destination.count / count)
                unsafe destination.copyBytes(from: tensors[index][start..<start + destination.count])
            }
        }
    }
}

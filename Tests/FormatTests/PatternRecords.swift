import SkipModel
import TestSupport

@testable import SkipFormat

extension TinyModel {
    /// Returns a model whose matrices, except those of routers, are int8: those of MLPs with one scale per row, the
    /// others with groups of four columns if they have more than four.
    static func quantizedGraph(_ configuration: ModelConfiguration = configuration) -> ModelGraph {
        var graph = graph(configuration)
        for index in graph.tensors.indices {
            let tensor = graph.tensors[index]
            if tensor.id.role.isVector || tensor.id.role.routedModule != nil { continue }
            let isGrouped = tensor.id.role.extentKind != .mlp && tensor.plan.shape.columnCount > 4
            graph.tensors[index].plan = .quantized(tensor.plan, groupSize: isGrouped ? 4 : 0)
        }
        return graph
    }

    static func quantizedBytes(_ layout: FileLayout) throws -> [UInt8] {
        try TemporaryDirectory.with { directory in
            try write(layout, to: directory + "/tiny.skipgpt", rows: PatternRecords(layout: layout))
            return try SkipFile(opening: directory + "/tiny.skipgpt").allBytes
        }
    }
}

/// Rows that are computed from the tensor's index and the row. Those of int8 tensors are valid records, computed
/// independently from the specification. The third row of every record is zero.
struct PatternRecords: TensorRowSource, TensorRowReader {
    let layout: FileLayout

    func makeReader() -> PatternRecords { self }

    func figures(ofTensorAt index: Int) -> QuantizationFigures {
        QuantizationFigures(squaredWeights: Double(index) + 1, squaredErrors: 0.25, largestError: 0.125)
    }

    func readRows(_ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer) throws {
        let tensor = layout.tensors[index]
        guard tensor.elementType == .int8 else {
            return try unsafe PatternRows().readRows(rows, ofTensorAt: index, into: destination)
        }
        precondition(
            rows.lowerBound % 16 == 0 && (rows.upperBound % 16 == 0 || rows.upperBound == tensor.shape.rowCount))
        var records: [UInt8] = []
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
            records += record(tensor, rows: first..<min(first + 16, rows.upperBound), index)
        }
        unsafe destination.copyBytes(from: records)
    }

    private func record(_ tensor: TensorRecord, rows: Range<Int>, _ index: Int) -> [UInt8] {
        let columns = tensor.shape.columnCount
        let groupSize = tensor.storage.groupSize == 0 ? columns : tensor.storage.groupSize
        let valueByteCount = (columns + 3) / 4 * 64
        let groups = (columns + groupSize - 1) / groupSize
        var bytes = [UInt8](repeating: 0, count: (valueByteCount + groups * 32 + 63) / 64 * 64)
        for (place, row) in rows.enumerated() where place != 2 {
            for column in 0..<columns {
                let value = (index * 31 + row * 7 + column * 3 + 1) % 255 - 127
                bytes[column / 4 * 64 + place * 4 + column % 4] = UInt8(bitPattern: Int8(value))
            }
            for group in 0..<groups {
                // Bits of bfloat16 numbers near 1/64.
                bytes[valueByteCount + (group * 16 + place) * 2] = UInt8(truncatingIfNeeded: 0x80 + row + group)
                bytes[valueByteCount + (group * 16 + place) * 2 + 1] = 0x3C
            }
        }
        return bytes
    }
}

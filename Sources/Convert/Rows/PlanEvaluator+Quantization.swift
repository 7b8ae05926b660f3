import Kernels
import Model

/// Rounding to int8 and back, record by record.
extension PlanEvaluator {
    /// So many floats are at hand at a time, unless a record needs more: they stay in the processor's cache.
    private static let floatLimit = 1 << 16

    /// Fills `destination` with the records of `rows`, which begin with a record and end with one or with the tensor.
    mutating func quantize(
        _ rows: Range<Int>, of input: TensorPlan, groupSize: Int, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        let columnCount = input.shape.columnCount
        let recordRowCount = TensorStorage.int8RecordRowCount
        let recordByteCount = TensorStorage(.int8, groupSize: groupSize).recordByteCount(columnCount: columnCount)
        precondition(rows.lowerBound % recordRowCount == 0)
        let stepRowCount = max(Self.floatLimit / columnCount / recordRowCount, 1) * recordRowCount
        // SAFETY: the region holds the floats of a step.
        let values = unsafe unrounded.floats(stepRowCount * columnCount)
        figures = .zero
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stepRowCount) {
            let step = start..<min(start + stepRowCount, rows.upperBound)
            try unsafe floats(step, of: input, into: values)
            for row in stride(from: step.lowerBound, to: step.upperBound, by: recordRowCount) {
                let offset = (row - rows.lowerBound) / recordRowCount * recordByteCount
                let record = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: destination[offset..<offset + recordByteCount])
                unsafe quantize(
                    values + (row - step.lowerBound) * columnCount,
                    rowCount: min(recordRowCount, step.upperBound - row),
                    columnCount: columnCount, groupSize: groupSize, into: record)
            }
        }
    }

    private mutating func quantize(
        _ values: UnsafePointer<Float>, rowCount: Int, columnCount: Int, groupSize: Int,
        into record: UnsafeMutableRawBufferPointer
    ) {
        // SAFETY: `values` holds the rows, the record is as long as the kernels make it, and the sums are three.
        var sums = (0.0, 0.0, 0.0)
        unsafe kernels.int8_quantize_block(values, rowCount, columnCount, groupSize, record.baseAddress)
        unsafe withUnsafeMutableBytes(of: &sums) { sums in
            unsafe kernels.int8_figures(
                values, rowCount, columnCount, groupSize, record.baseAddress,
                sums.assumingMemoryBound(to: Double.self).baseAddress)
        }
        figures.add(QuantizationFigures(squaredWeights: sums.0, squaredErrors: sums.1, largestError: sums.2))
    }

    /// Fills `values` with rows of an int8 tensor of a `.skipgpt` file.
    mutating func unpack(
        _ rows: Range<Int>, of tensor: SourceTensor, groupSize: Int, into values: UnsafeMutablePointer<Float>
    ) throws(InputError) {
        let storage = TensorStorage(.int8, groupSize: groupSize)
        let columnCount = tensor.shape.columnCount
        let recordByteCount = storage.recordByteCount(columnCount: columnCount)
        let first = rows.lowerBound / storage.recordRowCount
        let end = storage.recordCount(rowCount: rows.upperBound)
        let records = unsafe stored.reserve((end - first) * recordByteCount)
        try unsafe files[tensor.sourceIndex].read(at: tensor.byteOffset + first * recordByteCount, into: records)
        let firstRow = first * storage.recordRowCount
        unsafe unpackRecords(
            UnsafeRawBufferPointer(records), rows: rows.lowerBound - firstRow..<rows.upperBound - firstRow,
            columnCount: columnCount, groupSize: groupSize, into: values)
        let count = rows.count * columnCount
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: values, count: count * MemoryLayout<Float>.stride)
        let bad = unsafe firstNonfinite(bytes, .float32, count)
        if bad < count {
            throw element(
                .nonFiniteWeight, tensor, index: rows.lowerBound * columnCount + bad, found: "a NaN or infinity",
                required: "finite weights")
        }
    }

    /// Fills `values` with rows of records, counted from the first record's first.
    func unpackRecords(
        _ records: UnsafeRawBufferPointer, rows: Range<Int>, columnCount: Int, groupSize: Int,
        into values: UnsafeMutablePointer<Float>
    ) {
        for (index, row) in rows.enumerated() {
            // SAFETY: the records hold the row, and `values` has room for all rows.
            unsafe kernels.int8_row(
                records.baseAddress, groupSize, row, columnCount, values + index * columnCount)
        }
    }
}

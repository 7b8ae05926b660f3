import SkipKernels
import SkipModel

/// Rounds rows of floats to int8 records, and widens records to floats again (`specs/quantization.md`).
@safe package struct Int8Rounding {
    private let kernels: skip_kernels
    /// Columns of a row that share a scale; 0: all of them.
    private let groupSize: Int
    private let columnCount: Int

    /// Bytes of one record.
    package var recordByteCount: Int {
        TensorStorage(.int8, groupSize: groupSize).recordByteCount(columnCount: columnCount)
    }

    package init(columnCount: Int, groupSize: Int) {
        // SAFETY: the table is a constant of the Kernels library.
        unsafe kernels = skip_kernels_best().pointee
        self.groupSize = groupSize
        self.columnCount = columnCount
    }

    /// Rounds up to 16 rows of `columnCount` floats to one record, and returns how far the record is from the floats.
    ///
    /// - Precondition: `values` holds the rows, and `record` is `recordByteCount` bytes long.
    @unsafe package func round(
        _ values: UnsafePointer<Float>, rowCount: Int, into record: UnsafeMutableRawBufferPointer
    ) -> QuantizationFigures {
        precondition(rowCount <= TensorStorage.int8RecordRowCount && record.count == recordByteCount)
        var sums = (0.0, 0.0, 0.0)
        // SAFETY: the precondition bounds the rows and the record; the kernel writes three sums.
        unsafe kernels.int8_quantize_block(values, rowCount, columnCount, groupSize, record.baseAddress)
        unsafe withUnsafeMutableBytes(of: &sums) { sums in
            unsafe kernels.int8_figures(
                values, rowCount, columnCount, groupSize, record.baseAddress,
                sums.assumingMemoryBound(to: Double.self).baseAddress)
        }
        return QuantizationFigures(squaredWeights: sums.0, squaredErrors: sums.1, largestError: sums.2)
    }

    /// Widens rows of records to floats in `values`. Rows are counted from the first row of the first record.
    ///
    /// - Precondition: `records` holds the rows, and `values` has room for `rows.count * columnCount` floats.
    @unsafe package func widen(
        _ records: UnsafeRawBufferPointer, rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        for (index, row) in rows.enumerated() {
            // SAFETY: the precondition bounds the records and the values.
            unsafe kernels.int8_row(records.baseAddress, groupSize, row, columnCount, values + index * columnCount)
        }
    }
}

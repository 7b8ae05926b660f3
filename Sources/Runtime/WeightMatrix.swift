import SkipModel

/// A view of a matrix of weights in a mapped file or in memory: row-major or, in int8, in records of rows. A plain
/// value without references.
@safe
package struct WeightMatrix: Sendable {
    // SAFETY: `byteCount` bytes that live as long as the model.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    package let storage: TensorStorage
    /// The number of outputs.
    package let rowCount: Int
    /// The number of inputs.
    package let columnCount: Int
    /// Bytes of a row or, in int8, of a record of rows.
    private let recordByteCount: Int

    /// - Precondition: `base` points to the whole matrix, which outlives the view.
    @unsafe
    package init(base: UnsafeRawPointer, storage: TensorStorage, rowCount: Int, columnCount: Int) {
        unsafe self.base = base
        self.storage = storage
        self.rowCount = rowCount
        self.columnCount = columnCount
        recordByteCount = storage.recordByteCount(columnCount: columnCount)
    }

    package var elementType: ElementType { storage.elementType }

    package var byteCount: Int { storage.recordCount(rowCount: rowCount) * recordByteCount }

    /// Whether the rows are in int8.
    var isQuantized: Bool { elementType == .int8 }

    /// The kernels' number of the element type.
    var kernelType: Int32 { Int32(elementType.rawValue) }

    /// The address of row `rows.lowerBound`, which must be the first row of a record. Checks that the matrix has
    /// `rows`.
    @unsafe
    func pointer(rows: Range<Int>) -> UnsafeRawPointer {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
        let (record, rest) = rows.lowerBound.quotientAndRemainder(dividingBy: storage.recordRowCount)
        precondition(rest == 0)
        return unsafe base + record * recordByteCount
    }
}

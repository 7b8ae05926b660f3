import SkipModel

/// The leaves of a tensor: blocks of whole rows or records that are hashed, read and written alone.
public struct LeafGeometry: Equatable, Sendable {
    /// Its first leaf in the leaf hash table.
    public let firstLeaf: Int
    public let leafCount: Int
    /// Rows of every leaf except the last, which may have fewer.
    public let rowsPerLeaf: Int

    /// The index after its last leaf.
    var end: Int { firstLeaf + leafCount }

    /// Returns the rows of a leaf, given by its index within a tensor of `rowCount` rows.
    func rows(ofLeaf index: Int, rowCount: Int) -> Range<Int> {
        let first = index * rowsPerLeaf
        return first..<min(first + rowsPerLeaf, rowCount)
    }

    /// Applies the leaf rule: a leaf has as many whole rows or records as fit into 1 MiB, at least one. A vector is one
    /// row.
    init(_ storage: TensorStorage, _ shape: TensorShape, firstLeaf: Int) {
        self.init(
            rowCount: shape.rowCount,
            recordRowCount: storage.recordRowCount,
            recordByteCount: storage.recordByteCount(columnCount: shape.columnCount),
            firstLeaf: firstLeaf
        )
    }

    /// Applies the leaf rule to rows of `rowByteCount` bytes.
    init(rowCount: Int, rowByteCount: Int, firstLeaf: Int) {
        self.init(rowCount: rowCount, recordRowCount: 1, recordByteCount: rowByteCount, firstLeaf: firstLeaf)
    }

    private init(rowCount: Int, recordRowCount: Int, recordByteCount: Int, firstLeaf: Int) {
        rowsPerLeaf = max(1, MerkleTree.leafByteCount / recordByteCount) * recordRowCount
        leafCount = (rowCount + rowsPerLeaf - 1) / rowsPerLeaf
        self.firstLeaf = firstLeaf
    }
}

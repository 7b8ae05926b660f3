import SkipModel

/// How a tensor is cut into leaves: blocks of whole rows, or of whole records, that are hashed, read and written alone.
public struct LeafGeometry: Equatable, Sendable {
    /// Its first leaf in the leaf hash table.
    public let firstLeaf: Int
    public let leafCount: Int
    /// Rows of every leaf but a tensor's last, which may have fewer.
    public let rowsPerLeaf: Int

    /// The leaf after its last.
    var end: Int { firstLeaf + leafCount }

    /// The leaf rule: as many whole rows or records as fit into 1 MiB, at least one. A vector is one row.
    init(_ storage: TensorStorage, _ shape: TensorShape, firstLeaf: Int) {
        self.init(
            rowCount: shape.rowCount,
            recordRowCount: storage.recordRowCount,
            recordByteCount: storage.recordByteCount(columnCount: shape.columnCount),
            firstLeaf: firstLeaf
        )
    }

    /// Of plain rows.
    init(rowCount: Int, rowByteCount: Int, firstLeaf: Int) {
        self.init(rowCount: rowCount, recordRowCount: 1, recordByteCount: rowByteCount, firstLeaf: firstLeaf)
    }

    private init(rowCount: Int, recordRowCount: Int, recordByteCount: Int, firstLeaf: Int) {
        rowsPerLeaf = max(1, MerkleTree.leafByteCount / recordByteCount) * recordRowCount
        leafCount = (rowCount + rowsPerLeaf - 1) / rowsPerLeaf
        self.firstLeaf = firstLeaf
    }
}

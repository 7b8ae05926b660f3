import Model

extension FileWriter {
    /// Writes all weights with `threadCount` threads and gives the leaf hashes in their order.
    func writeWeights(_ rows: some TensorRowSource, to output: OutputFile) throws(WriteError) -> [SHA256Digest] {
        let batches = RowBatches(layout.tensors) { index in
            layout.sections[layout.tensors[index].sectionIndex].tensors.lowerBound == index
        }
        let hashes = LeafHashes(count: layout.leafCount)
        let options = RowStreamOptions(threadCount: threadCount, progress: progress, isCancelled: isCancelled)
        let sha256 = sha256
        try RowStream(rows, batches: batches, to: output, options: options) { firstLeaf, leaves, bytes in
            hashes.set(firstLeaf, sha256(MerkleTree.leafPrefix, leaves, of: bytes))
        }.run()
        return hashes.all
    }
}

/// The hashes of all leaves, filled by several threads.
@safe private final class LeafHashes: @unchecked Sendable {
    // SAFETY: each element is written once, by the thread that took its batch, and all are read after the threads were
    // joined.
    private let hashes: UnsafeMutableBufferPointer<SHA256Digest>

    init(count: Int) {
        unsafe hashes = .allocate(capacity: count)
        unsafe hashes.initialize(repeating: .zero)
    }

    deinit { unsafe hashes.deallocate() }

    func set(_ firstIndex: Int, _ values: [SHA256Digest]) {
        for (offset, value) in values.enumerated() { unsafe hashes[firstIndex + offset] = value }
    }

    var all: [SHA256Digest] { unsafe Array(hashes) }
}

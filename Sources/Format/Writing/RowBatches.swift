/// A tensor whose rows are read and written in separate blocks.
protocol BlockedTensor: Sendable {
    var leaves: LeafGeometry { get }

    /// Returns the rows of a block, given by its index within the tensor.
    func rows(ofLeaf index: Int) -> Range<Int>

    /// Returns the absolute positions of a block's bytes.
    func byteRange(ofLeaf index: Int) -> Range<Int>
}

extension TensorRecord: BlockedTensor {}

/// Runs of neighbouring blocks that are written with one call, so that small tensors do not need a call each.
struct RowBatches<Tensor: BlockedTensor>: Sendable {
    private let tensors: [Tensor]
    private let blockCount: Int
    /// The first block of every batch, and the tensor that the block belongs to.
    private var starts: [(block: Int, tensor: Int)] = []
    /// Bytes of the largest batch.
    private(set) var largestByteCount = 0

    var count: Int { starts.count }

    /// Forms the batches. `beginsRun` returns whether a tensor, by its index, must begin a new batch.
    init(_ tensors: [Tensor], beginsRun: (Int) -> Bool) {
        self.tensors = tensors
        blockCount = tensors.last?.leaves.end ?? 0
        var start = 0
        var end = 0
        for (index, tensor) in tensors.enumerated() {
            for leaf in 0..<tensor.leaves.leafCount {
                let range = tensor.byteRange(ofLeaf: leaf)
                let isFirst = leaf == 0 && beginsRun(index)
                if isFirst || range.upperBound - start > RowStreamLimits.batchByteCount {
                    starts.append((tensor.leaves.firstLeaf + leaf, index))
                    start = range.lowerBound
                }
                end = range.upperBound
                largestByteCount = max(largestByteCount, end - start)
            }
        }
    }

    /// Returns the position in the file where a batch begins.
    func byteOffset(ofBatch batch: Int) -> Int {
        let tensor = tensors[starts[batch].tensor]
        return tensor.byteRange(ofLeaf: starts[batch].block - tensor.leaves.firstLeaf).lowerBound
    }

    /// Returns the blocks of a batch in their order.
    func blocks(ofBatch batch: Int) -> [RowBlock] {
        var (index, tensorIndex) = starts[batch]
        let end = batch + 1 < starts.count ? starts[batch + 1].block : blockCount
        var blocks: [RowBlock] = []
        while index < end {
            let tensor = tensors[tensorIndex]
            let local = index - tensor.leaves.firstLeaf
            blocks.append(
                RowBlock(
                    index: index, tensorIndex: tensorIndex, rows: tensor.rows(ofLeaf: local),
                    byteRange: tensor.byteRange(ofLeaf: local)))
            index += 1
            if index == tensor.leaves.end { tensorIndex += 1 }
        }
        return blocks
    }
}

/// A run of rows of one tensor that is read, hashed and written as a unit.
struct RowBlock {
    /// Its index among the blocks of all tensors.
    let index: Int
    let tensorIndex: Int
    let rows: Range<Int>
    /// Absolute positions in the file.
    let byteRange: Range<Int>
}

enum RowStreamLimits {
    /// The largest size of a batch, unless a single block is larger: three leaves, which are hashed together.
    static let batchByteCount = 3 * MerkleTree.leafByteCount
    /// After this number of batches, the system is asked to write them to disk.
    static let writeBackInterval = 3
}

import SkipFiles
import SkipFormat
import SkipModel

/// The blocks of a `.skipgpt` file: its tables, its metadata in pieces, and the leaves of its weights.
public struct ModelBlocks: Sendable {
    let model: SkipFile
    /// Positions in the file of the blocks before the weights.
    let front: [Range<Int>]

    /// The blocks of the tokenizer section; empty without one.
    let tokenizerBlocks: Range<Int>

    public var leafCount: Int { model.tensors.last.map { $0.leaves.firstLeaf + $0.leaves.leafCount } ?? 0 }

    /// The number of all blocks.
    public var count: Int { front.count + leafCount }

    /// Numbers of the blocks of weights.
    var weights: Range<Int> { front.count..<count }

    init(_ model: SkipFile) {
        self.model = model
        let tableEnd =
            FormatLimits.headerByteCount + model.sections.count * FormatLimits.sectionEntryByteCount
            + model.tensors.count * FormatLimits.tensorEntryByteCount
        var front = [0..<tableEnd]
        var tokenizerBlocks = 0..<0
        for section in model.sections where section.id.kind.isMetadata {
            let first = front.count
            front += Self.pieces(of: section.byteRange)
            if section.id.kind == .tokenizer { tokenizerBlocks = first..<front.count }
        }
        self.front = front
        self.tokenizerBlocks = tokenizerBlocks
    }

    /// Returns the blocks of a metadata section, by their positions in the file.
    static func pieces(of section: Range<Int>) -> [Range<Int>] {
        stride(from: section.lowerBound, to: section.upperBound, by: PackageLimits.metadataBlockByteCount).map {
            $0..<min($0 + PackageLimits.metadataBlockByteCount, section.upperBound)
        }
    }

    /// Returns the tensor of a block of weights.
    func tensor(of block: Int) -> TensorRecord {
        let leaf = block - front.count
        return model.tensors[model.tensors.partitioningIndex { $0.leaves.firstLeaf > leaf } - 1]
    }

    /// Returns the positions of a block in the file.
    func byteRange(of block: Int) -> Range<Int> {
        if block < front.count { return front[block] }
        let tensor = tensor(of: block)
        return tensor.byteRange(ofLeaf: block - front.count - tensor.leaves.firstLeaf)
    }

    /// Returns the end of the block before a block of weights, or the block's own start if it is the first one. From
    /// there to the block, the file has padding.
    func paddingStart(of block: Int) -> Int {
        block == front.count ? byteRange(of: block).lowerBound : byteRange(of: block - 1).upperBound
    }

    /// Returns the hash that the file states for a block of weights.
    func hash(of block: Int) -> SHA256Digest { model.leafHash(block - front.count) }

    /// Divides blocks of weights, in ascending order, into runs of neighbours that are worked on together.
    func batches(of blocks: some Sequence<Int>) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0
        for block in blocks {
            let range = byteRange(of: block)
            if let last = batches.last, last.upperBound == block, range.upperBound - start <= Self.batchByteCount {
                batches[batches.count - 1] = last.lowerBound..<block + 1
            } else {
                batches.append(block..<block + 1)
                start = range.lowerBound
            }
        }
        return batches
    }

    /// Returns the length of a batch, with the padding between its blocks.
    func byteCount(of batch: Range<Int>) -> Int {
        byteRange(of: batch.upperBound - 1).upperBound - byteRange(of: batch.lowerBound).lowerBound
    }

    /// The largest size of a batch, unless a single block is larger: three leaves, which are hashed together.
    private static let batchByteCount = 3 * MerkleTree.leafByteCount
}

import Model
import Synchronization

extension FileWriter {
    /// Writes all weights with `threadCount` threads and gives the leaf hashes in their order.
    func writeWeights(_ rows: some TensorRowSource, to output: OutputFile) throws(WriteError) -> [SHA256Digest] {
        let batches = WriteBatches(layout)
        let job = WeightJob(writer: self, rows: rows, batches: batches, output: output)
        WorkerThreads.run(min(threadCount, batches.count)) { job.work() }
        return try job.finish()
    }
}

/// Runs of leaves that are written with one call: neighbours in one section, up to a size, so that small tensors do not
/// cost a call each.
struct WriteBatches: Sendable {
    /// What a batch holds at most, unless a single leaf is larger.
    static let byteLimit = MerkleTree.leafByteCount
    /// After so many batches the disk is set to work on them.
    static let writeBackInterval = 8

    private let tensors: [TensorRecord]
    private let leafCount: Int
    /// First leaf of every batch and the tensor that it belongs to.
    private var starts: [(leaf: Int, tensor: Int)] = []
    /// Bytes of the largest batch.
    private(set) var largestByteCount = 0

    var count: Int { starts.count }

    init(_ layout: FileLayout) {
        tensors = layout.tensors
        leafCount = layout.leafCount
        var start = 0
        var end = 0
        for (index, tensor) in tensors.enumerated() {
            for leaf in 0..<tensor.leaves.leafCount {
                let range = tensor.byteRange(ofLeaf: leaf)
                let beginsSection = leaf == 0 && layout.sections[tensor.sectionIndex].tensors.lowerBound == index
                if beginsSection || range.upperBound - start > Self.byteLimit {
                    starts.append((tensor.leaves.firstLeaf + leaf, index))
                    start = range.lowerBound
                }
                end = range.upperBound
                largestByteCount = max(largestByteCount, end - start)
            }
        }
    }

    /// Where a batch begins in the file.
    func byteOffset(ofBatch batch: Int) -> Int {
        let tensor = tensors[starts[batch].tensor]
        return tensor.byteRange(ofLeaf: starts[batch].leaf - tensor.leaves.firstLeaf).lowerBound
    }

    /// One leaf of a batch.
    struct Leaf {
        let index: Int
        let tensorIndex: Int
        let rows: Range<Int>
        /// Absolute positions in the file.
        let byteRange: Range<Int>
    }

    /// The leaves of a batch in their order.
    func leaves(ofBatch batch: Int) -> [Leaf] {
        var (index, tensorIndex) = starts[batch]
        let end = batch + 1 < starts.count ? starts[batch + 1].leaf : leafCount
        var leaves: [Leaf] = []
        while index < end {
            let tensor = tensors[tensorIndex]
            let local = index - tensor.leaves.firstLeaf
            leaves.append(
                Leaf(
                    index: index, tensorIndex: tensorIndex, rows: tensor.rows(ofLeaf: local),
                    byteRange: tensor.byteRange(ofLeaf: local)))
            index += 1
            if index == tensor.leaves.end { tensorIndex += 1 }
        }
        return leaves
    }
}

/// The threads' common work: batches are taken from a counter.
@safe
private final class WeightJob<Rows: TensorRowSource>: @unchecked Sendable {
    // SAFETY: `leafHashes` is written at disjoint indices, each by the one thread that took the batch, and read after
    // all threads were joined; `output` is only written through pwrite. Everything else is immutable or atomic.
    private let writer: FileWriter
    private let rows: Rows
    private let batches: WriteBatches
    private let output: OutputFile
    private let leafHashes: UnsafeMutableBufferPointer<SHA256Digest>
    private let nextBatch = Atomic<Int>(0)
    private let bytesDone = Atomic<Int>(0)
    private let failure = Mutex<WriteError?>(nil)
    private let hasFailed = Atomic<Bool>(false)

    init(writer: FileWriter, rows: Rows, batches: WriteBatches, output: OutputFile) {
        self.writer = writer
        self.rows = rows
        self.batches = batches
        self.output = output
        unsafe leafHashes = .allocate(capacity: writer.layout.leafCount)
        unsafe leafHashes.initialize(repeating: .zero)
    }

    deinit { unsafe leafHashes.deallocate() }

    /// Takes batches until there are none, or something failed.
    func work() {
        // A batch lies in the buffer as it lies in the file, modulo the tensors' alignment.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: batches.largestByteCount + FormatLimits.tensorAlignment, alignment: 4096)
        defer { unsafe buffer.deallocate() }
        var reader = rows.makeReader()
        do throws(WriteError) {
            while !hasFailed.load(ordering: .relaxed) {
                let batch = nextBatch.wrappingAdd(1, ordering: .relaxed).oldValue
                guard batch < batches.count else { return }
                if writer.isCancelled?() == true { throw WriteError.cancelled }
                try unsafe write(batch, from: &reader, through: buffer)
            }
        } catch {
            fail(error)
        }
    }

    func finish() throws(WriteError) -> [SHA256Digest] {
        if let error = failure.withLock({ $0 }) { throw error }
        return unsafe Array(leafHashes)
    }

    private func fail(_ error: WriteError) {
        failure.withLock { if $0 == nil { $0 = error } }
        hasFailed.store(true, ordering: .relaxed)
    }

    private func write(
        _ batch: Int, from reader: inout Rows.Reader, through buffer: UnsafeMutableRawBufferPointer
    ) throws(WriteError) {
        let leaves = batches.leaves(ofBatch: batch)
        guard let start = leaves.first?.byteRange.lowerBound else { return }
        /// The file position of the buffer's first byte.
        let base = start & ~(FormatLimits.tensorAlignment - 1)
        var end = start
        for leaf in leaves {
            // SAFETY: the batch fits the buffer, and the leaf and the padding before it lie in the batch.
            let padding = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[end - base..<leaf.byteRange.lowerBound - base])
            unsafe padding.initializeMemory(as: UInt8.self, repeating: 0)
            end = leaf.byteRange.upperBound
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[leaf.byteRange.lowerBound - base..<end - base])
            do {
                try unsafe reader.readRows(leaf.rows, ofTensorAt: leaf.tensorIndex, into: bytes)
            } catch {
                throw .rows(error)
            }
            unsafe leafHashes[leaf.index] = writer.sha256(MerkleTree.leafPrefix, bytes.bytes)
        }
        try unsafe output.write(UnsafeRawBufferPointer(rebasing: buffer[start - base..<end - base]), at: start)
        if batch % WriteBatches.writeBackInterval == WriteBatches.writeBackInterval - 1 {
            output.startWriteBack(batches.byteOffset(ofBatch: batch + 1 - WriteBatches.writeBackInterval)..<end)
        }
        let done = bytesDone.wrappingAdd(end - start, ordering: .relaxed).newValue
        writer.progress?(done)
    }
}

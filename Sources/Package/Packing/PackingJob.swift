import SkipFiles
import SkipFormat
import SkipModel

/// The parallel part of packing: reads, checks, encodes and writes batches of blocks.
@safe
struct PackingJob: @unchecked Sendable {
    // SAFETY: `output` is only written through `pwrite`; everything else is immutable or synchronized.
    let packing: Packing
    let batches: [Range<Int>]
    let output: OutputFile?
    let placement: OrderedPlacement
    let progress: ProgressCounter
    /// The entries of each batch.
    let entries: OrderedResults<[IndexEntry]>

    func run(_ options: WorkOptions) throws(PackageError) {
        let placement = placement
        let isCancelled = options.isCancelled
        do {
            try parallelForEach(
                batches.count, threadCount: options.threadCount,
                isCancelled: {
                    guard isCancelled?() == true else { return false }
                    placement.stop(at: 0)
                    return true
                },
                makeState: { PackingWorker() }
            ) { (index, worker: inout PackingWorker) throws(PackageError) in
                do throws(PackageError) {
                    try pack(index, by: &worker)
                } catch {
                    placement.stop(at: index)
                    throw error
                }
            }
        } catch {
            switch error {
            case .failed(let error): throw error
            case .cancelled: throw .cancelled
            }
        }
        do { try packing.file.checkUnchanged() } catch { throw .input(error) }
    }

    private func pack(_ index: Int, by worker: inout PackingWorker) throws(PackageError) {
        let batch = batches[index]
        let blocks = packing.blocks
        let ranges = batch.map { blocks.byteRange(of: $0) }
        let start = blocks.paddingStart(of: batch.lowerBound)
        let raw = unsafe worker.raw.reserve(ranges[ranges.count - 1].upperBound - start)
        try PackageError.input { () throws(InputError) in try unsafe packing.file.read(at: start, into: raw) }
        let bytes = UnsafeRawBufferPointer(raw)
        try unsafe check(bytes, from: start, batch, ranges)

        var total = 0
        var lengths: [(encoding: BlockEncoding, byteCount: Int)] = []
        let room = ranges.reduce(0) { $0 + BlockEncoder.bound($1.count) }
        let target = unsafe worker.stored.reserve(room)
        for (block, range) in zip(batch, ranges) {
            let source = unsafe UnsafeRawBufferPointer(
                rebasing: bytes[range.lowerBound - start..<range.upperBound - start])
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[total...])
            let encoded = try unsafe worker.encoder.encode(source, PlaneLayout(blocks.tensor(of: block)), into: rest)
            lengths.append(encoded)
            total += encoded.byteCount
        }
        guard let position = placement.place(index, byteCount: total) else { throw .cancelled }
        if let output {
            let stored = unsafe UnsafeRawBufferPointer(rebasing: target[..<total])
            try PackageError.output { () throws(OutputError) in try unsafe output.write(stored, at: position) }
            output.startWriteBack(position..<position + total)
        }
        var end = position
        entries.set(
            zip(batch, lengths).enumerated().map { offset, item in
                defer { end += item.1.byteCount }
                return IndexEntry(
                    block: item.0, byteRange: end..<end + item.1.byteCount, rawByteCount: ranges[offset].count,
                    encoding: item.1.encoding)
            }, at: index)
        progress.add(blocks.byteCount(of: batch))
    }

    /// Checks the hashes of a batch, and that the padding between its blocks is zero.
    private func check(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ batch: Range<Int>, _ ranges: [Range<Int>]
    ) throws(PackageError) {
        let blocks = packing.blocks
        // SAFETY: the ranges are inside the buffer, which outlives the call.
        let hashes = unsafe SHA256Digest.hashing(
            ranges.map { $0.lowerBound - start..<$0.upperBound - start }, of: bytes.bytes,
            prefix: MerkleTree.leafPrefix)
        var end = start
        for (position, block) in batch.enumerated() {
            let range = ranges[position]
            if let offset = (end..<range.lowerBound).first(where: { unsafe bytes[$0 - start] != 0 }) {
                throw broken(.padding, at: offset, blocks.tensor(of: block).id)
            }
            guard hashes[position] == blocks.hash(of: block) else {
                throw broken(.leafHash, at: range.lowerBound, blocks.tensor(of: block).id)
            }
            end = range.upperBound
        }
    }

    private func broken(_ rule: FormatRule, at offset: Int, _ tensor: TensorID) -> PackageError {
        .model(
            SkipFileFailure(
                path: packing.file.path, error: .broken(RuleViolation(rule, at: offset, .tensor(tensor)))))
    }
}

/// The buffers of one thread.
private struct PackingWorker: ~Copyable {
    var encoder = BlockEncoder(.planes)
    var raw = AlignedBuffer()
    var stored = AlignedBuffer()
}

import SkipFiles
import SkipFormat

/// Finds the blocks of weights of a file that are not as its hashes say.
@safe
struct BlockScanner: @unchecked Sendable {
    // SAFETY: `file` is only read through `pread`; everything else is immutable.
    let blocks: ModelBlocks
    let file: any RestoredFile

    /// Returns the numbers of the blocks that have another hash, or bytes that are not zero in the padding before them.
    func badBlocks(_ options: WorkOptions) throws(PackageError) -> [Int] {
        let batches = blocks.batches(of: blocks.weights)
        let bad = OrderedResults<[Int]>(count: batches.count)
        let progress = ProgressCounter(
            .checksums, totalByteCount: blocks.model.header.fileByteCount, report: options.progress)
        do {
            try parallelForEach(
                batches.count, threadCount: options.threadCount, isCancelled: options.isCancelled,
                makeState: { AlignedBuffer() }
            ) { (index, buffer: inout AlignedBuffer) throws(PackageError) in
                bad.set(try badBlocks(batches[index], &buffer, progress), at: index)
            }
        } catch {
            switch error {
            case .failed(let error): throw error
            case .cancelled: throw .cancelled
            }
        }
        return Array(bad.present.joined())
    }

    private func badBlocks(
        _ batch: Range<Int>, _ buffer: inout AlignedBuffer, _ progress: ProgressCounter
    ) throws(PackageError) -> [Int] {
        let ranges = batch.map { blocks.byteRange(of: $0) }
        let start = blocks.paddingStart(of: batch.lowerBound)
        let raw = unsafe buffer.reserve(ranges[ranges.count - 1].upperBound - start)
        try PackageError.output { () throws(OutputError) in
            try unsafe DescriptorAccess.read(file.descriptor, at: start, into: raw, path: file.path)
        }
        // SAFETY: the ranges are inside the buffer, which outlives the call.
        let hashes = unsafe SHA256Digest.hashing(
            ranges.map { $0.lowerBound - start..<$0.upperBound - start }, of: UnsafeRawBufferPointer(raw).bytes,
            prefix: MerkleTree.leafPrefix)
        progress.add(raw.count)
        var end = start
        return batch.enumerated().compactMap { position, block in
            defer { end = ranges[position].upperBound }
            let isPadded = unsafe raw[end - start..<ranges[position].lowerBound - start].allSatisfy { $0 == 0 }
            return isPadded && hashes[position] == blocks.hash(of: block) ? nil : block
        }
    }
}

import SkipFiles
import SkipFormat
import Synchronization

/// A file whose blocks are restored.
protocol RestoredFile {
    var path: String { get }
    var descriptor: Int32 { get }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(OutputError)
}

/// What `BlockRestorer` did.
public struct RestoredBlocks: Equatable, Sendable {
    /// Blocks that were decoded from the package.
    public var restoredCount = 0
    /// Blocks that were copied from the base.
    public var copiedCount = 0
    /// Blocks that were good already.
    public var keptCount = 0
    /// Blocks that could not be restored, in the order of the file.
    public var failures: [BlockFailure] = []

    mutating func add(_ other: RestoredBlocks) {
        restoredCount += other.restoredCount
        copiedCount += other.copiedCount
        keptCount += other.keptCount
        failures += other.failures
    }
}

/// Reads blocks of weights of a package, checks them, and writes them to a file.
///
/// It does not matter when the process ends: `BlockScanner` finds which blocks of the file are good by their hashes.
@safe
struct BlockRestorer: @unchecked Sendable {
    // SAFETY: `target` is only written through `pwrite`; everything else is immutable or synchronized.
    let package: Package
    /// The file that gets the blocks; nil to check the package only.
    let target: (any RestoredFile)?

    /// Restores `blocks`, which are in ascending order.
    func run(_ blocks: some Sequence<Int>, _ options: WorkOptions) throws(PackageError) -> RestoredBlocks {
        let batches = package.blocks.batches(of: blocks)
        let total = batches.reduce(0) { $0 + package.blocks.byteCount(of: $1) }
        let result = RestoredTotal()
        let progress = ProgressCounter(.weights, totalByteCount: total, report: options.progress)
        do {
            try parallelForEach(
                batches.count, threadCount: options.threadCount, isCancelled: options.isCancelled,
                makeState: { RestoringWorker() }
            ) { (index, worker: inout RestoringWorker) throws(PackageError) in
                let batch = try self.batch(batches[index], by: &worker)
                result.total.withLock { $0.add(batch) }
                progress.add(package.blocks.byteCount(of: batches[index]))
            }
        } catch {
            switch error {
            case .failed(let error): throw error
            case .cancelled: throw .cancelled
            }
        }
        for part in package.parts {
            try PackageError.input { () throws(InputError) in try part.file.checkUnchanged() }
        }
        var all = result.total.withLock { $0 }
        all.failures.sort { $0.block < $1.block }
        return all
    }

    /// Restores the blocks of a batch.
    private func batch(
        _ batch: Range<Int>, by worker: inout RestoringWorker
    ) throws(PackageError) -> RestoredBlocks {
        let blocks = package.blocks
        let ranges = batch.map { blocks.byteRange(of: $0) }
        let start = blocks.paddingStart(of: batch.lowerBound)
        let raw = unsafe worker.raw.reserve(ranges[ranges.count - 1].upperBound - start)
        var result = RestoredBlocks()
        // Blocks that could be read. Their hashes are checked together.
        var read: [Int] = []
        for (position, block) in batch.enumerated() {
            let range = ranges[position]
            let paddingStart = position == 0 ? start : ranges[position - 1].upperBound
            unsafe UnsafeMutableRawBufferPointer(rebasing: raw[paddingStart - start..<range.lowerBound - start])
                .initializeMemory(as: UInt8.self, repeating: 0)
            let place = unsafe UnsafeMutableRawBufferPointer(
                rebasing: raw[range.lowerBound - start..<range.upperBound - start])
            if let failure = try unsafe worker.read(block, of: package, into: place) {
                result.failures.append(failure)
            } else {
                read.append(position)
            }
        }
        let hashes = unsafe SHA256Digest.hashing(
            read.map { ranges[$0].lowerBound - start..<ranges[$0].upperBound - start },
            of: UnsafeRawBufferPointer(raw).bytes, prefix: MerkleTree.leafPrefix)
        var written = 0..<0
        for (position, hash) in zip(read, hashes) {
            let block = batch.lowerBound + position
            guard hash == blocks.hash(of: block) else {
                result.failures.append(damaged(block, hash))
                continue
            }
            if package.place(of: block) == nil { result.copiedCount += 1 } else { result.restoredCount += 1 }
            let paddingStart = position == 0 ? start : ranges[position - 1].upperBound
            // Neighbours are written together.
            if written.upperBound != paddingStart {
                try unsafe write(written, from: start, raw)
                written = paddingStart..<paddingStart
            }
            written = written.lowerBound..<ranges[position].upperBound
        }
        try unsafe write(written, from: start, raw)
        return result
    }

    private func write(
        _ range: Range<Int>, from start: Int, _ raw: UnsafeMutableRawBufferPointer
    ) throws(PackageError) {
        guard let target, !range.isEmpty else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: raw[range.lowerBound - start..<range.upperBound - start])
        try PackageError.output { () throws(OutputError) in try unsafe target.write(bytes, at: range.lowerBound) }
    }

    private func damaged(_ block: Int, _ found: SHA256Digest) -> BlockFailure {
        let required = package.blocks.hash(of: block)
        if let (part, entry) = package.place(of: block) {
            return BlockFailure(
                block: block, path: part.path, byteRange: entry.byteRange,
                violation: PackageViolation(
                    .blockHash, at: entry.byteRange.lowerBound, block: block, found: .digest(found),
                    required: .digest(required)))
        }
        let range = package.base?.byteRange(
            ofBlockWith: required, byteCount: package.blocks.byteRange(of: block).count)
        return BlockFailure(
            block: block, path: package.base?.file.path, byteRange: range ?? 0..<0,
            violation: PackageViolation(
                .blockHash, at: range?.lowerBound ?? 0, block: block, found: .digest(found), required: .digest(required)
            ))
    }
}

private final class RestoredTotal: Sendable {
    let total = Mutex(RestoredBlocks())
}

extension OutputFile: RestoredFile {}

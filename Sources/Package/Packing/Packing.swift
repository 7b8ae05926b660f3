import SkipFiles
import SkipFormat

/// Packs a `.skipgpt` file into a `.skipz` package, or into a delta against another file.
///
/// Creating it reads and checks the tables of the file. Then blocks are read, checked by their hashes, compressed and
/// written on several threads; the memory is threads × a few blocks for any model:
///
///     let packing = try Packing("model.skipgpt")
///     try packing.write(to: OutputTarget(path: "model.skipz"))
public struct Packing: Sendable {
    public let source: SkipFile
    let file: InputFile
    public let base: BaseFile?
    let blocks: ModelBlocks
    /// The blocks before the weights that the package gets.
    let front: [Int]
    /// The blocks of weights that the package gets, in runs of neighbours.
    let batches: [Range<Int>]

    /// Opens and checks the file at `path`. With a base, blocks that it has are left out.
    public init(_ path: String, base: BaseFile? = nil) throws(PackageError) {
        (file, source) = try OpenedModel.open(path)
        self.base = base
        let blocks = ModelBlocks(source)
        self.blocks = blocks
        let rootHash = source.header.rootHash
        if let base, base.model.header.rootHash == rootHash {
            throw .broken(
                PackageViolation(.baseIsOther, at: PackageHeader.Offset.baseRootHash, found: .digest(rootHash)),
                path: path)
        }
        let leavesOutTokenizer = base?.hasTokenizer(of: source) == true
        front = blocks.front.indices.filter { !leavesOutTokenizer || !blocks.tokenizerBlocks.contains($0) }
        guard let base else {
            batches = blocks.batches(of: blocks.weights)
            return
        }
        batches = blocks.batches(
            of: blocks.weights.lazy.filter { block in
                base.byteRange(ofBlockWith: blocks.hash(of: block), byteCount: blocks.byteRange(of: block).count) == nil
            })
    }

    /// Packs into the file at `target`. On failure no file is left behind.
    @discardableResult
    public func write(to target: OutputTarget, options: WorkOptions = WorkOptions()) throws(PackageError) -> PackedFile
    {
        let protected = protectedFiles(target)
        let output = try PackageError.output { () throws(OutputError) in
            try OutputFile(path: target.path, overwrite: target.overwrite, inputs: protected)
        }
        let packed = try pack(into: output, options)
        try PackageError.output { () throws(OutputError) in try output.synchronize() }
        try check(output, packed)
        try PackageError.output { () throws(OutputError) in try output.publish() }
        return packed
    }

    /// Returns the files that an output must not replace.
    func protectedFiles(_ target: OutputTarget) -> ProtectedFiles {
        var inputs = target.inputs
        inputs.add(path: file.path)
        if let base { inputs.add(path: base.file.path) }
        return inputs
    }

    /// Packs without writing, and returns the exact sizes.
    public func measure(options: WorkOptions = WorkOptions()) throws(PackageError) -> PackedFile {
        try pack(into: nil, options)
    }

    private func pack(into output: OutputFile?, _ options: WorkOptions) throws(PackageError) -> PackedFile {
        try checkEnd()
        return try pack(PackingPart(front: front, batches: batches), into: output, options)
    }

    /// Packs the blocks of a part. Without an output, nothing is written.
    func pack(
        _ part: PackingPart, into output: OutputFile?, _ options: WorkOptions
    ) throws(PackageError) -> PackedFile {
        var header = PackageHeader()
        header.partNumber = part.number
        header.partCount = part.count
        header.fileByteCount = source.header.fileByteCount
        header.rootHash = source.header.rootHash
        header.baseRootHash = base?.model.header.rootHash
        header.blockCount = blocks.count
        header.frontBlockCount = blocks.front.count
        header.entryCount = part.front.count + part.weightCount
        var entries = try pack(front: part.front, at: header.indexRange.upperBound, into: output)
        header.frontByteCount = entries.last?.byteRange.upperBound ?? header.indexRange.upperBound

        let byteCount = part.batches.reduce(0) { $0 + blocks.byteCount(of: $1) }
        let placement = OrderedPlacement(start: header.frontByteCount)
        let job = PackingJob(
            packing: self, batches: part.batches, output: output, placement: placement,
            progress: ProgressCounter(.weights, totalByteCount: byteCount, report: options.progress),
            entries: OrderedResults(count: part.batches.count))
        try job.run(options)
        entries += job.entries.present.joined()
        header.packageByteCount = placement.byteCount

        var index = ByteWriter()
        for entry in entries { entry.encode(into: &index) }
        header.indexChecksum = index.bytes.checksum
        if let output {
            let bytes = header.encoded() + index.bytes
            try PackageError.output { () throws(OutputError) in try output.write(bytes, at: 0) }
        }
        return PackedFile(header: header, entries: entries)
    }

    /// Checks that the padding after the last weight is zero, because a package does not have it.
    func checkEnd() throws(PackageError) {
        let end = blocks.byteRange(of: blocks.count - 1).upperBound
        let padding = try PackageError.input { () throws(InputError) in
            try file.bytes(end..<source.header.fileByteCount)
        }
        if let offset = padding.firstIndex(where: { $0 != 0 }) {
            let violation = RuleViolation(.padding, at: end + offset)
            throw .model(SkipFileFailure(path: file.path, error: .broken(violation)))
        }
    }

    private func pack(
        front: [Int], at start: Int, into output: OutputFile?
    ) throws(PackageError) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        var encoder = BlockEncoder(.metadata)
        var buffer = AlignedBuffer()
        var end = start
        for block in front {
            let range = blocks.front[block]
            let target = unsafe buffer.reserve(BlockEncoder.bound(range.count))
            // SAFETY: the block is inside the mapped file.
            let raw = unsafe source.file.bytes(range)
            let encoded = try unsafe encoder.encode(raw, .whole, into: target)
            if let output {
                let stored = unsafe UnsafeRawBufferPointer(rebasing: target[..<encoded.byteCount])
                try PackageError.output { () throws(OutputError) in try unsafe output.write(stored, at: end) }
            }
            entries.append(
                IndexEntry(
                    block: block, byteRange: end..<end + encoded.byteCount, rawByteCount: range.count,
                    encoding: encoded.encoding))
            end += encoded.byteCount
        }
        return entries
    }

    /// Reads the header and the index back.
    func check(_ output: OutputFile, _ packed: PackedFile) throws(PackageError) {
        let written: MappedFile
        do {
            written = try MappedFile(descriptor: output.descriptor, path: output.path)
        } catch {
            if case .system(let failure) = error { throw .output(.system(failure)) }
            throw .selfCheck
        }
        let start = written.byteCount < PackageLimits.headerByteCount ? 0 : PackageLimits.headerByteCount
        // SAFETY: the ranges are inside the mapped file; the arrays are copies.
        let header = try? HeaderReader(
            bytes: unsafe Array(written.bytes(0..<start)), fileByteCount: written.byteCount
        ).read()
        guard let header, header == packed.header, written.byteCount == header.packageByteCount else {
            throw .selfCheck
        }
        let index = unsafe Array(written.bytes(header.indexRange))
        guard let entries = try? IndexReader(header: header, bytes: index).read(), entries == packed.entries else {
            throw .selfCheck
        }
    }
}

/// The blocks of one part of a package.
struct PackingPart {
    var number = 1
    var count = 1
    /// Its blocks before the weights.
    var front: [Int]
    /// Its blocks of weights, in runs of neighbours.
    var batches: [Range<Int>]

    var weightCount: Int { batches.reduce(0) { $0 + $1.count } }
}

/// A package that was written or measured.
public struct PackedFile: Sendable {
    public let header: PackageHeader
    public let entries: [IndexEntry]

    /// Blocks and bytes that are stored with an encoding.
    public func totals(_ encoding: BlockEncoding) -> (blockCount: Int, rawByteCount: Int, storedByteCount: Int) {
        entries.filter { $0.encoding == encoding }.reduce((0, 0, 0)) { total, entry in
            (total.0 + 1, total.1 + entry.rawByteCount, total.2 + entry.byteRange.count)
        }
    }
}

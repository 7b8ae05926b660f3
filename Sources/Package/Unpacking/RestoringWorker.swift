import SkipFiles
import SkipFormat

/// The buffers of one thread that reads blocks of a package.
struct RestoringWorker: ~Copyable {
    var raw = AlignedBuffer()
    private var stored = AlignedBuffer()
    private var decoder = BlockDecoder()

    init() {}

    /// Reads a block of weights into `raw`, from the package or from its base. Its hash is not checked yet. Returns why
    /// it cannot be read, or nil.
    mutating func read(
        _ block: Int, of package: Package, into raw: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> BlockFailure? {
        guard let (part, entry) = package.place(of: block) else {
            return try unsafe readFromBase(block, of: package, into: raw)
        }
        func failure(_ rule: PackageRule, at offset: Int) -> BlockFailure {
            BlockFailure(
                block: block, path: part.path, byteRange: entry.byteRange,
                violation: PackageViolation(rule, at: offset, block: block))
        }
        guard entry.byteRange.upperBound <= part.file.byteCount else {
            return failure(.blockPresent, at: part.file.byteCount)
        }
        let isStored = entry.encoding == .stored
        let stored = isStored ? unsafe raw : unsafe self.stored.reserve(entry.byteRange.count)
        try PackageError.input { () throws(InputError) in
            try unsafe part.file.read(at: entry.byteRange.lowerBound, into: stored)
        }
        if isStored { return nil }
        let layout = entry.encoding == .whole ? .whole : PlaneLayout(package.blocks.tensor(of: block))
        let fault = try unsafe decoder.decode(UnsafeRawBufferPointer(stored), layout, into: raw)
        return fault.map { failure($0.rule, at: entry.byteRange.lowerBound + $0.byteOffset) }
    }

    private func readFromBase(
        _ block: Int, of package: Package, into raw: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> BlockFailure? {
        guard let base = package.base else {
            let rule: PackageRule = package.isDelta ? .base : .blockPresent
            return BlockFailure(
                block: block, path: nil, byteRange: 0..<0, violation: PackageViolation(rule, at: 0, block: block))
        }
        let hash = package.blocks.hash(of: block)
        guard let range = base.byteRange(ofBlockWith: hash, byteCount: raw.count) else {
            return BlockFailure(
                block: block, path: base.file.path, byteRange: 0..<0,
                violation: PackageViolation(.baseBlocks, at: 0, block: block, required: .digest(hash)))
        }
        try PackageError.input { () throws(InputError) in try unsafe base.file.read(at: range.lowerBound, into: raw) }
        return nil
    }
}

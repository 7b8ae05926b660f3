import SkipFiles
import SkipFormat

/// Reads the tables and the metadata of the file from the first part of a package.
struct FrontReader {
    let part: PackagePart

    /// Returns the beginning of the file, up to its weights. The tokenizer is zero if the package leaves it out.
    func read() throws(PackageError) -> (model: SkipFile, hasTokenizer: Bool) {
        guard part.header.frontByteCount <= part.file.byteCount else {
            throw broken(
                .frontPresent, at: part.file.byteCount, found: .number(Int64(part.file.byteCount)),
                required: .number(Int64(part.header.frontByteCount)))
        }
        let front = part.entries.prefix { $0.block < part.header.frontBlockCount }
        guard let first = front.first, first.block == 0 else {
            throw broken(.parts, at: PackageHeader.Offset.partNumber, found: .number(Int64(part.header.partNumber)))
        }
        let tables = try decode(first)
        let places = try FrontPlaces(tables: tables).places(part)
        guard places.blocks.count == part.header.frontBlockCount else {
            throw broken(
                .blockCounts, at: PackageHeader.Offset.frontBlockCount,
                found: .number(Int64(part.header.frontBlockCount)), required: .number(Int64(places.blocks.count)))
        }
        try MemoryProbe.required(places.byteCount, path: part.path)
        // Grows with what is decoded, not with what is stated.
        var start = tables
        for entry in front.dropFirst() {
            let range = places.blocks[entry.block]
            guard range.count == entry.rawByteCount else {
                throw broken(
                    .rawByteCount, at: part.header.indexRange.lowerBound, block: entry.block,
                    found: .number(Int64(entry.rawByteCount)), required: .number(Int64(range.count)))
            }
            start += [UInt8](repeating: 0, count: range.lowerBound - start.count)
            start += try decode(entry)
        }
        let present = Set(front.map(\.block))
        let absent = places.blocks.indices.filter { !present.contains($0) }
        guard absent.isEmpty || absent == Array(places.tokenizer) else {
            throw broken(.frontBlocks, at: part.header.indexRange.lowerBound, found: .number(Int64(front.count)))
        }
        start += [UInt8](repeating: 0, count: places.byteCount - start.count)
        return (try open(start), absent.isEmpty)
    }

    private func open(_ start: [UInt8]) throws(PackageError) -> SkipFile {
        do {
            return try SkipFile(start: start, byteCount: part.header.fileByteCount, path: part.path)
        } catch {
            throw .model(SkipFileFailure(path: part.path, error: error))
        }
    }

    private func decode(_ entry: IndexEntry) throws(PackageError) -> [UInt8] {
        try MemoryProbe.required(entry.rawByteCount, path: part.path)
        let stored = try PackageError.input { () throws(InputError) in try part.file.bytes(entry.byteRange) }
        var decoder = BlockDecoder()
        var raw = [UInt8](repeating: 0, count: entry.rawByteCount)
        var fault: (rule: PackageRule, byteOffset: Int)?
        var failure: PackageError?
        // SAFETY: both arrays are used within the closures only.
        unsafe stored.withUnsafeBytes { stored in
            unsafe raw.withUnsafeMutableBytes { raw in
                do throws(PackageError) {
                    fault = try unsafe decoder.decode(stored, PlaneLayout(encoding: entry.encoding), into: raw)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        if let fault {
            throw broken(fault.rule, at: entry.byteRange.lowerBound + fault.byteOffset, block: entry.block)
        }
        return raw
    }

    private func broken(
        _ rule: PackageRule, at offset: Int, block: Int? = nil, found: PackageViolation.Finding = .nothing,
        required: PackageViolation.Finding = .nothing
    ) -> PackageError {
        .broken(PackageViolation(rule, at: offset, block: block, found: found, required: required), path: part.path)
    }
}

extension MemoryProbe {
    fileprivate static func required(_ byteCount: Int, path: String) throws(PackageError) {
        try PackageError.input { () throws(InputError) in try require(byteCount, toRead: path) }
    }
}

/// Where the blocks before the weights belong, according to tables that have not been checked.
private struct FrontPlaces {
    let tables: [UInt8]

    /// Positions of fields of the `.skipgpt` format.
    private enum Field {
        static let sectionCount = 0x38
        static let tensorCount = 0x48
        static let alignmentLog2 = 0x58
        static let kind = 0
        static let byteCount = 24
    }

    private static let firstWeightKind: UInt32 = 256
    private static let tokenizerKind: UInt32 = 3

    /// Returns the positions of the blocks in the file, the numbers of the tokenizer's blocks, and where the weights
    /// begin. All numbers are bounded by the limits of the package; whether the file obeys its format is checked later.
    func places(
        _ part: PackagePart
    ) throws(PackageError) -> (blocks: [Range<Int>], tokenizer: Range<Int>, byteCount: Int) {
        let headerByteCount = FormatLimits.headerByteCount
        guard tables.count >= headerByteCount else { throw mismatch(part) }
        let sectionCount = Int(tables.integer(UInt32.self, at: Field.sectionCount))
        let tensorCount = Int(tables.integer(UInt32.self, at: Field.tensorCount))
        let alignmentLog2 = Int(tables.integer(UInt32.self, at: Field.alignmentLog2))
        guard
            tables.count == headerByteCount + sectionCount * FormatLimits.sectionEntryByteCount
                + tensorCount * FormatLimits.tensorEntryByteCount,
            FormatLimits.alignmentLog2Range.contains(alignmentLog2)
        else { throw mismatch(part) }
        var blocks = [0..<tables.count]
        var tokenizer = 0..<0
        var end = tables.count
        for index in 0..<sectionCount {
            let entry = headerByteCount + index * FormatLimits.sectionEntryByteCount
            let kind = tables.integer(UInt32.self, at: entry + Field.kind)
            if kind >= Self.firstWeightKind { break }
            let byteCount = tables.integer(UInt64.self, at: entry + Field.byteCount)
            let start = (end + FormatLimits.tensorAlignment - 1) & ~(FormatLimits.tensorAlignment - 1)
            guard byteCount > 0, byteCount <= UInt64(PackageLimits.maximumFrontByteCount - start) else {
                throw mismatch(part)
            }
            end = start + Int(byteCount)
            let first = blocks.count
            blocks += ModelBlocks.pieces(of: start..<end)
            if kind == Self.tokenizerKind { tokenizer = first..<blocks.count }
        }
        let alignment = 1 << alignmentLog2
        return (blocks, tokenizer, (end + alignment - 1) & ~(alignment - 1))
    }

    private func mismatch(_ part: PackagePart) -> PackageError {
        .broken(PackageViolation(.blockCounts, at: part.header.indexRange.upperBound, block: 0), path: part.path)
    }
}

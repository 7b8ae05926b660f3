/// Checks the index of a package.
struct IndexReader {
    let header: PackageHeader
    let bytes: [UInt8]

    private typealias Failure = PackageViolation.Failure

    func read() throws(PackageViolation.Failure) -> [IndexEntry] {
        let checksum = bytes.checksum
        guard checksum == header.indexChecksum else {
            throw Failure(
                .indexChecksum, at: PackageHeader.Offset.indexChecksum, found: .unsigned(UInt64(checksum)),
                required: .unsigned(UInt64(header.indexChecksum)))
        }
        var entries: [IndexEntry] = []
        entries.reserveCapacity(header.entryCount)
        var end = header.indexRange.upperBound
        for index in 0..<header.entryCount {
            let entry = try readEntry(index, after: end, previous: entries.last)
            end = entry.byteRange.upperBound
            entries.append(entry)
        }
        guard end == header.packageByteCount else {
            throw Failure(
                .packageByteCount, at: PackageHeader.Offset.packageByteCount,
                found: .number(Int64(header.packageByteCount)), required: .number(Int64(end)))
        }
        try checkFront(entries)
        return entries
    }

    private func readEntry(
        _ index: Int, after end: Int, previous: IndexEntry?
    ) throws(PackageViolation.Failure) -> IndexEntry {
        let offset = index * PackageLimits.indexEntryByteCount
        let place = header.indexRange.lowerBound + offset
        let block = Int(bytes.integer(UInt32.self, at: offset))
        guard block > previous?.block ?? -1, block < header.blockCount else {
            throw Failure(.blockOrder, at: place, found: .number(Int64(block)))
        }
        let stored = Int(bytes.integer(UInt32.self, at: offset + 4))
        let raw = Int(bytes.integer(UInt32.self, at: offset + 8))
        guard let encoding = BlockEncoding(rawValue: bytes[offset + 12]) else {
            throw Failure(.encoding, at: place + 12, block: block, found: .number(Int64(bytes[offset + 12])))
        }
        guard stored > 0, encoding == .stored ? stored == raw : stored < raw else {
            throw Failure(
                .storedByteCount, at: place + 4, block: block, found: .number(Int64(stored)),
                required: .number(Int64(raw)))
        }
        if let reserved = (13..<16).first(where: { bytes[offset + $0] != 0 }) {
            throw Failure(.entryReserved, at: place + reserved, found: .number(Int64(bytes[offset + reserved])))
        }
        return IndexEntry(block: block, byteRange: end..<end + stored, rawByteCount: raw, encoding: encoding)
    }

    /// Checks the entries of blocks before the weights.
    private func checkFront(_ entries: [IndexEntry]) throws(PackageViolation.Failure) {
        let front = entries.prefix { $0.block < header.frontBlockCount }
        let isFirst = header.partNumber == 1
        let hasAll = front.count == header.frontBlockCount
        // Which blocks a delta leaves out is checked when the sections are known.
        guard isFirst ? hasAll || header.baseRootHash != nil && front.first?.block == 0 : front.isEmpty else {
            throw Failure(
                .frontBlocks, at: header.indexRange.lowerBound, found: .number(Int64(front.count)),
                required: .number(isFirst ? Int64(header.frontBlockCount) : 0))
        }
        let end = front.last?.byteRange.upperBound ?? header.indexRange.upperBound
        guard header.frontByteCount == end else {
            throw Failure(
                .frontByteCount, at: PackageHeader.Offset.frontByteCount,
                found: .number(Int64(header.frontByteCount)), required: .number(Int64(end)))
        }
        var total = 0
        for (index, entry) in front.enumerated() {
            let place = header.indexRange.lowerBound + index * PackageLimits.indexEntryByteCount
            total += entry.rawByteCount
            let limit =
                entry.block == 0 ? PackageLimits.maximumTablesByteCount : PackageLimits.metadataBlockByteCount
            guard entry.rawByteCount <= limit, total <= PackageLimits.maximumFrontByteCount else {
                throw Failure(
                    .frontLimits, at: place + 8, block: entry.block, found: .number(Int64(entry.rawByteCount)))
            }
            guard entry.encoding == .stored || entry.encoding == .whole else {
                throw Failure(.frontEncoding, at: place + 12, block: entry.block)
            }
        }
    }
}

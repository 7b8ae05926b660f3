import SkipFiles

/// Checks that the local headers and data descriptors agree with the central directory.
struct ZipLocalHeaders<Source: ByteSource> {
    let source: Source
    /// The position at which the last entry must end.
    let directoryOffset: Int

    private static var headerByteCount: Int { 30 }

    /// Checks all entries in the order of their positions, and sets their data positions.
    func check(_ entries: inout [ZipEntry]) throws(InputError) {
        let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
        var end = 0
        for index in order {
            if entries[index].headerOffset != end { throw gapOrOverlap(entries[index], end: end) }
            end = try check(&entries[index])
        }
        if end != directoryOffset {
            throw InputError(
                .zipSurroundings, file: source.path, at: .byte(end),
                found: "\(directoryOffset - end) bytes that belong to no entry", required: "the central directory")
        }
    }

    private func gapOrOverlap(_ entry: ZipEntry, end: Int) -> InputError {
        entry.headerOffset < end
            ? fault(
                .zipOverlap, entry, found: "at byte \(entry.headerOffset)",
                required: "byte \(end) or later, after the entry before it")
            : InputError(
                .zipSurroundings, file: source.path, at: .byte(end),
                found: "\(entry.headerOffset - end) bytes that belong to no entry",
                required: "the local header of \"\(entry.name)\"")
    }

    /// Checks one entry and returns its end.
    private func check(_ entry: inout ZipEntry) throws(InputError) -> Int {
        let available = directoryOffset - entry.headerOffset - Self.headerByteCount - entry.name.bytes.count
        if available < 0 || entry.storedByteCount > available {
            throw fault(
                .zipOverlap, entry, found: "\(entry.storedByteCount) bytes at byte \(entry.headerOffset)",
                required: "an entry that ends before the directory at byte \(directoryOffset)")
        }
        let start = entry.headerOffset
        let fixed = ZipFields(try source.bytes(start..<start + Self.headerByteCount))
        guard fixed.hasSignature(.localHeader) else {
            throw fault(.zipHeaderMismatch, entry, found: "no local header", required: "one, as the directory states")
        }
        let extraByteCount = fixed.uint16(at: 28)
        try checkFixedFields(fixed, entry)
        let nameStart = start + Self.headerByteCount
        let extraStart = nameStart + entry.name.bytes.count
        entry.dataOffset = extraStart + extraByteCount
        if extraByteCount > available - entry.storedByteCount {
            throw fault(
                .zipOverlap, entry, found: "an extra field of \(extraByteCount) bytes",
                required: "one that ends before the entry's data")
        }
        let rest = ZipFields(try source.bytes(nameStart..<entry.dataOffset))
        if !rest.bytes.prefix(entry.name.bytes.count).elementsEqual(entry.name.bytes) {
            throw mismatch("name", entry)
        }
        let zip64 = try ZipExtraField.zip64Values(
            of: rest, in: entry.name.bytes.count..<rest.bytes.count, headerOffset: start, path: source.path)
        try checkSizes(fixed, zip64, entry)
        if entry.flags & ZipFlags.dataDescriptor == 0 { return entry.data.upperBound }
        return try checkDescriptor(entry, isWide: zip64 != nil)
    }

    private func checkFixedFields(_ fixed: ZipFields, _ entry: ZipEntry) throws(InputError) {
        if fixed.uint16(at: 6) != entry.flags { throw mismatch("flags field", entry) }
        if fixed.uint16(at: 8) != entry.method.rawValue { throw mismatch("method", entry) }
        if fixed.uint16(at: 26) != entry.name.bytes.count { throw mismatch("name", entry) }
    }

    /// Checks checksum and sizes. They may be 0 before a data descriptor, because writers that stream leave them 0.
    private func checkSizes(_ fixed: ZipFields, _ zip64: [Int]?, _ entry: ZipEntry) throws(InputError) {
        let mayBeZero = entry.flags & ZipFlags.dataDescriptor != 0
        func agrees(_ value: Int, _ expected: Int) -> Bool { value == expected || mayBeZero && value == 0 }
        if !agrees(fixed.uint32(at: 14), Int(entry.checksum)) { throw mismatch("checksum", entry) }
        var long = zip64 ?? []
        for (offset, expected) in [(22, entry.byteCount), (18, entry.storedByteCount)] {
            let short = fixed.uint32(at: offset)
            if short == ZipSentinel.uint32, zip64 != nil {
                guard !long.isEmpty, agrees(long.removeFirst(), expected) else { throw mismatch("size", entry) }
            } else if !agrees(short, expected) {
                throw mismatch("size", entry)
            }
        }
        if long.isEmpty { return }
        // torch's writer leaves the short fields 0 and writes here the numbers that the directory will need: the sizes
        // (the stored size may still be 0) and the position of this header, which the standard does not define here.
        let needed = [entry.byteCount, entry.storedByteCount, entry.headerOffset].filter { $0 >= ZipSentinel.uint32 }
        guard mayBeZero, long.count == needed.count, zip(long, needed).allSatisfy({ agrees($0, $1) }) else {
            throw fault(
                .zip64, entry, found: "zip64 numbers without a field that refers to them",
                required: "all ones in the fields")
        }
    }

    /// Checks the descriptor after the data and returns its end.
    private func checkDescriptor(_ entry: ZipEntry, isWide: Bool) throws(InputError) -> Int {
        let start = entry.data.upperBound
        let end = start + (isWide ? 24 : 16)
        guard end <= directoryOffset else { throw descriptorFault(entry, found: "too few bytes for a data descriptor") }
        let fields = ZipFields(try source.bytes(start..<end))
        guard fields.hasSignature(.dataDescriptor) else { throw descriptorFault(entry, found: "no data descriptor") }
        let stored = isWide ? fields.uint64(at: 8) : fields.uint32(at: 8)
        let whole = isWide ? fields.uint64(at: 16) : fields.uint32(at: 12)
        guard fields.uint32(at: 4) == Int(entry.checksum), stored == entry.storedByteCount, whole == entry.byteCount
        else {
            throw descriptorFault(entry, found: "a data descriptor that differs from the directory")
        }
        return end
    }

    private func descriptorFault(_ entry: ZipEntry, found: String) -> InputError {
        InputError(
            .zipFlags, file: source.path, at: .byte(entry.data.upperBound), found: "\(found) after \"\(entry.name)\"",
            required: "one that agrees with the directory, because the flags announce it")
    }

    private func mismatch(_ field: String, _ entry: ZipEntry) -> InputError {
        fault(
            .zipHeaderMismatch, entry, found: "a \(field) that differs from the directory", required: "the same in both"
        )
    }

    private func fault(_ rule: InputRule, _ entry: ZipEntry, found: String, required: String) -> InputError {
        InputError(
            rule, file: source.path, at: .byte(entry.headerOffset), found: "\"\(entry.name)\": \(found)",
            required: required)
    }
}

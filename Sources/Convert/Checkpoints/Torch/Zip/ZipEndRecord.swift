import SkipFiles

/// The end of a zip archive: how many entries it has and where their directory lies.
struct ZipEndRecord: Equatable {
    let entryCount: Int
    /// The central directory, which ends where the end records begin.
    let directory: Range<Int>

    static let byteCount = 22
    private static let commentByteLimit = 65_535

    /// Finds the record. There must be exactly one place that could be it, and its comment must reach the end of the
    /// file: where two readers may differ about the end, they may differ about the contents.
    init(reading source: some ByteSource) throws(InputError) {
        let start = max(0, source.byteCount - Self.byteCount - Self.commentByteLimit)
        let tail = ZipFields(try source.bytes(start..<source.byteCount))
        let offset = start + (try Self.position(in: tail, start: start, path: source.path))
        let fields = ZipFields(try source.bytes(offset..<offset + Self.byteCount))
        let counts = Counts(
            disk: fields.uint16(at: 4), directoryDisk: fields.uint16(at: 6), entriesHere: fields.uint16(at: 8),
            entries: fields.uint16(at: 10), directoryByteCount: fields.uint32(at: 12),
            directoryOffset: fields.uint32(at: 16))
        if let zip64 = try Zip64EndRecord(before: offset, of: source) {
            try zip64.check(against: counts, at: offset, path: source.path)
            try self.init(zip64.counts, end: zip64.offset, recordOffset: zip64.offset, path: source.path)
        } else if counts.refersToZip64 {
            throw InputError(
                .zip64, file: source.path, at: .byte(offset), found: "no zip64 record",
                required: "one, as a field of the end record says")
        } else {
            try self.init(counts, end: offset, recordOffset: offset, path: source.path)
        }
    }

    /// `end` is where the directory must end.
    private init(_ counts: Counts, end: Int, recordOffset: Int, path: String) throws(InputError) {
        if counts.disk != 0 || counts.directoryDisk != 0 || counts.entriesHere != counts.entries {
            throw InputError(
                .zipEndRecord, file: path, at: .byte(recordOffset), found: "an archive of several parts",
                required: "one file")
        }
        let (directoryEnd, overflow) = counts.directoryOffset.addingReportingOverflow(counts.directoryByteCount)
        if overflow || directoryEnd != end {
            throw InputError(
                .zipEntryCount, file: path, at: .byte(recordOffset),
                found: "a directory of \(counts.directoryByteCount) bytes at byte \(counts.directoryOffset)",
                required: "one that ends at byte \(end)")
        }
        entryCount = counts.entries
        directory = counts.directoryOffset..<end
    }

    /// Whether anything that looks like the record is there at all.
    static func isPresent(in source: some ByteSource) throws(InputError) -> Bool {
        let start = max(0, source.byteCount - byteCount - commentByteLimit)
        let tail = ZipFields(try source.bytes(start..<source.byteCount))
        return tail.bytes.indices.contains { tail.hasSignature(.endRecord, at: $0) }
    }

    private static func position(in tail: ZipFields, start: Int, path: String) throws(InputError) -> Int {
        let marked = tail.bytes.indices.filter { tail.hasSignature(.endRecord, at: $0) }
        guard let last = marked.last else {
            throw InputError(
                .zipEndRecord, file: path, at: .byte(start + tail.bytes.count), found: "no end of a zip archive",
                required: "a whole file (incomplete download?)")
        }
        let whole = marked.filter { offset in
            tail.bytes.count - offset >= byteCount
                && offset + byteCount + tail.uint16(at: offset + 20) == tail.bytes.count
        }
        guard whole.count == 1, whole[0] == last else {
            throw InputError(
                .zipEndRecord, file: path, at: .byte(start + last),
                found: whole.isEmpty ? "an end record that does not reach the end of the file" : "two end records",
                required: "one, which ends the file")
        }
        return last
    }

    /// The fields that both kinds of end record have.
    struct Counts: Equatable {
        var disk: Int
        var directoryDisk: Int
        var entriesHere: Int
        var entries: Int
        var directoryByteCount: Int
        var directoryOffset: Int

        var refersToZip64: Bool {
            disk == ZipSentinel.uint16 || directoryDisk == ZipSentinel.uint16 || entriesHere == ZipSentinel.uint16
                || entries == ZipSentinel.uint16 || directoryByteCount == ZipSentinel.uint32
                || directoryOffset == ZipSentinel.uint32
        }
    }
}

/// The zip64 end record and its locator, which torch always writes.
struct Zip64EndRecord {
    let offset: Int
    let counts: ZipEndRecord.Counts

    private static let locatorByteCount = 20
    private static let byteCount = 56

    /// Nil if no locator stands before the end record at `end`.
    init?(before end: Int, of source: some ByteSource) throws(InputError) {
        let locatorOffset = end - Self.locatorByteCount
        guard locatorOffset >= 0 else { return nil }
        let locator = ZipFields(try source.bytes(locatorOffset..<end))
        guard locator.hasSignature(.zip64Locator) else { return nil }
        offset = locatorOffset - Self.byteCount
        guard locator.uint32(at: 4) == 0, locator.uint32(at: 16) == 1, offset >= 0, locator.uint64(at: 8) == offset
        else {
            throw InputError(
                .zip64, file: source.path, at: .byte(locatorOffset),
                found: "a locator of byte \(locator.uint64(at: 8))",
                required: "byte \(offset), right before it, of one file")
        }
        let fields = ZipFields(try source.bytes(offset..<locatorOffset))
        guard fields.hasSignature(.zip64EndRecord), fields.uint64(at: 4) == Self.byteCount - 12 else {
            throw InputError(
                .zip64, file: source.path, at: .byte(offset), found: "no zip64 end record of \(Self.byteCount) bytes",
                required: "one, as its locator says")
        }
        counts = ZipEndRecord.Counts(
            disk: fields.uint32(at: 16), directoryDisk: fields.uint32(at: 20), entriesHere: fields.uint64(at: 24),
            entries: fields.uint64(at: 32), directoryByteCount: fields.uint64(at: 40),
            directoryOffset: fields.uint64(at: 48))
    }

    /// Each field of the end record says the same, or that the value stands here.
    func check(against other: ZipEndRecord.Counts, at otherOffset: Int, path: String) throws(InputError) {
        let agrees =
            [
                (other.disk, counts.disk, ZipSentinel.uint16),
                (other.directoryDisk, counts.directoryDisk, ZipSentinel.uint16),
                (other.entriesHere, counts.entriesHere, ZipSentinel.uint16),
                (other.entries, counts.entries, ZipSentinel.uint16),
                (other.directoryByteCount, counts.directoryByteCount, ZipSentinel.uint32),
                (other.directoryOffset, counts.directoryOffset, ZipSentinel.uint32),
            ].allSatisfy { short, long, sentinel in short == sentinel || short == long }
        if !agrees {
            throw InputError(
                .zip64, file: path, at: .byte(otherOffset), found: "an end record that the zip64 record contradicts",
                required: "the same numbers in both")
        }
    }
}

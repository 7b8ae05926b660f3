import SkipFiles

/// The end record of a zip archive: the number of entries and the range of the central directory.
struct ZipEndRecord {
    let entryCount: Int
    /// The central directory, which ends where the end records begin.
    let directory: Range<Int>

    private static let byteCount = 22
    private static let commentByteLimit = 65_535

    /// Finds and reads the record. Exactly one place may match, and its comment must reach the end of the file, because
    /// readers that disagree about the end record may disagree about the contents.
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
                required: "one, because a field of the end record refers to it")
        } else {
            try self.init(counts, end: offset, recordOffset: offset, path: source.path)
        }
    }

    /// Checks the counts. The directory must end at `end`.
    private init(_ counts: Counts, end: Int, recordOffset: Int, path: String) throws(InputError) {
        if counts.disk != 0 || counts.directoryDisk != 0 || counts.entriesHere != counts.entries {
            throw InputError(
                .zipEndRecord, file: path, at: .byte(recordOffset), found: "an archive in several parts",
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

    /// Returns whether the signature of an end record is present.
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
                required: "a complete file (incomplete download?)")
        }
        let complete = marked.filter { offset in
            tail.bytes.count - offset >= byteCount
                && offset + byteCount + tail.uint16(at: offset + 20) == tail.bytes.count
        }
        guard complete.count == 1, complete[0] == last else {
            throw InputError(
                .zipEndRecord, file: path, at: .byte(start + last),
                found: complete.isEmpty ? "an end record that does not reach the end of the file" : "two end records",
                required: "one, at the end of the file")
        }
        return last
    }

    /// The fields that both kinds of end record share.
    struct Counts {
        let disk: Int
        let directoryDisk: Int
        let entriesHere: Int
        let entries: Int
        let directoryByteCount: Int
        let directoryOffset: Int

        var refersToZip64: Bool {
            disk == ZipSentinel.uint16 || directoryDisk == ZipSentinel.uint16 || entriesHere == ZipSentinel.uint16
                || entries == ZipSentinel.uint16 || directoryByteCount == ZipSentinel.uint32
                || directoryOffset == ZipSentinel.uint32
        }
    }
}

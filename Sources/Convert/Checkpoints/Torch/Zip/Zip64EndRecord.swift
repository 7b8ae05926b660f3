import SkipFiles

/// The zip64 end record and its locator, which torch always writes.
struct Zip64EndRecord {
    let offset: Int
    let counts: ZipEndRecord.Counts

    private static let locatorByteCount = 20
    private static let byteCount = 56

    /// Reads the record; nil if there is no locator before the end record at `end`.
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
                found: "a locator that points to byte \(locator.uint64(at: 8))",
                required: "byte \(offset), directly before the locator, in a single file")
        }
        let fields = ZipFields(try source.bytes(offset..<locatorOffset))
        guard fields.hasSignature(.zip64EndRecord), fields.uint64(at: 4) == Self.byteCount - 12 else {
            throw InputError(
                .zip64, file: source.path, at: .byte(offset), found: "no zip64 end record of \(Self.byteCount) bytes",
                required: "one, because a locator points here")
        }
        counts = ZipEndRecord.Counts(
            disk: fields.uint32(at: 16), directoryDisk: fields.uint32(at: 20), entriesHere: fields.uint64(at: 24),
            entries: fields.uint64(at: 32), directoryByteCount: fields.uint64(at: 40),
            directoryOffset: fields.uint64(at: 48))
    }

    /// Checks that each field of the end record has the same value or the sentinel that refers to this record.
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
                .zip64, file: path, at: .byte(otherOffset), found: "an end record that differs from the zip64 record",
                required: "the same numbers in both")
        }
    }
}

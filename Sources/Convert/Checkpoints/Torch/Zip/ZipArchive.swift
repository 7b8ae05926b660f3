import SkipFiles

/// The entries of a zip archive. They fill the file from its first byte to the central directory without overlap or
/// gap, and every local header agrees with the directory.
///
/// Archives that two readers could interpret differently are refused. No entry's data is read or inflated here.
struct ZipArchive: Sendable {
    /// In the order of the central directory.
    let entries: [ZipEntry]
    /// The range of the central directory in the file.
    let directory: Range<Int>

    static let entryLimit = 1_000_000
    static let directoryByteLimit = 256 << 20

    init(reading source: some ByteSource) throws(InputError) {
        let end = try ZipEndRecord(reading: source)
        directory = end.directory
        if end.entryCount > Self.entryLimit || directory.count > Self.directoryByteLimit {
            throw InputError(
                .zipTooManyEntries, file: source.path, at: .byte(directory.lowerBound),
                found: "\(end.entryCount) entries, \(directory.count) bytes of directory",
                required: "at most \(Self.entryLimit) entries and \(Self.directoryByteLimit) bytes")
        }
        let reader = ZipDirectoryReader(
            path: source.path, fields: ZipFields(try source.bytes(directory)), start: directory.lowerBound)
        var entries = try reader.entries(count: end.entryCount)
        try ZipLocalHeaders(source: source, directoryOffset: directory.lowerBound).check(&entries)
        self.entries = entries
    }
}

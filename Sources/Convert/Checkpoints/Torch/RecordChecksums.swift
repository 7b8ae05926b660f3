import SkipFiles

/// The records of torch files whose checksums are checked in a separate pass, because a conversion reads them in pieces
/// and out of order. The records are independent of each other, so several threads may check them.
public struct RecordChecksums: Sendable {
    private var records: [Record] = []

    private struct Record: Sendable {
        let file: InputFile
        let entry: ZipEntry
    }

    init() {}

    /// Keeps the stored records. Checksums of compressed records are checked when they are inflated.
    init(of entries: [ZipEntry], in file: InputFile) {
        records = entries.filter { $0.method == .stored }.map { Record(file: file, entry: $0) }
    }

    static func += (left: inout RecordChecksums, right: RecordChecksums) { left.records += right.records }

    /// The number of records.
    public var count: Int { records.count }

    /// The size of all records, in bytes.
    public var byteCount: Int { records.reduce(0) { $0 + $1.entry.byteCount } }

    /// Reads one record piece by piece and checks its checksum. Returns its size in bytes. If `isCancelled` returns true,
    /// the error means nothing else.
    public func check(_ index: Int, isCancelled: (@Sendable () -> Bool)? = nil) throws(InputError) -> Int {
        let contents = ZipContents(source: records[index].file, entry: records[index].entry)
        try unsafe contents.forEachPiece(isCancelled: isCancelled) { _ in }
        return records[index].entry.byteCount
    }
}

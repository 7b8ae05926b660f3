import SkipFiles

/// What is made of the checksums in torch files.
public enum ChecksumPolicy: Sendable {
    /// Every record's must be right.
    case required
    /// Those of storages do not matter, and 0 is none: torch writes 0 everywhere after `set_crc32_options(False)`.
    case optional
}

/// The records of torch files that a conversion reads in pieces and out of order, so that their checksums have to be
/// checked in a pass of their own. The records are independent; threads may share them.
public struct RecordChecksums: Sendable {
    private var records: [Record] = []

    private struct Record: Sendable {
        let file: InputFile
        let entry: ZipEntry
    }

    init() {}

    /// Compressed records check themselves when they are inflated.
    init(of entries: [ZipEntry], in file: InputFile) {
        records = entries.filter { $0.method == .stored }.map { Record(file: file, entry: $0) }
    }

    static func += (left: inout RecordChecksums, right: RecordChecksums) { left.records += right.records }

    public var count: Int { records.count }

    public var byteCount: Int { records.reduce(0) { $0 + $1.entry.byteCount } }

    /// Reads one record whole, piece by piece. Returns its size.
    public func check(_ index: Int) throws(InputError) -> Int {
        try unsafe ZipContents(source: records[index].file, entry: records[index].entry).forEachPiece { _ in }
        return records[index].entry.byteCount
    }
}

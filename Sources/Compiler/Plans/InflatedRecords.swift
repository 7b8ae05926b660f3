import SkipConvert
import SkipFiles
import SkipModel
import Synchronization

/// Inflates the compressed records of one file. Each is inflated once, when it is first requested: into memory up to a
/// limit, otherwise into a temporary file.
final class InflatedRecords: Sendable {
    /// The most bytes of memory for all records of a file together.
    private let memoryByteLimit: Int
    private let temporaryDirectory: String
    private let isCancelled: (@Sendable () -> Bool)?
    private let state = Mutex(State())

    private struct State {
        var sources: [CompressedRecord: InflatedRecord] = [:]
        var memoryByteCount = 0
        var file: TemporaryFile?
        var fileByteCount = 0
    }

    /// `isCancelled` is called while a record is inflated; if it returns true, `contents` throws.
    init(
        memoryByteLimit: Int = 16 << 20, temporaryDirectory: String = TemporaryFile.standardDirectory,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.isCancelled = isCancelled
        self.memoryByteLimit = memoryByteLimit
        self.temporaryDirectory = temporaryDirectory
    }

    /// Returns the contents of a record of `file`, after checking them.
    func contents(of record: CompressedRecord, in file: InputFile) throws(InputError) -> InflatedRecord {
        try state.withLock { (state) throws(InputError) in
            if let source = state.sources[record] { return source }
            let contents = ZipContents(source: file, record: record)
            let source: InflatedRecord
            if record.byteCount <= memoryByteLimit - state.memoryByteCount {
                source = InflatedRecord(path: file.path, place: .memory(try contents.bytes(limit: record.byteCount)))
                state.memoryByteCount += record.byteCount
            } else {
                let temporary: TemporaryFile
                if let file = state.file {
                    temporary = file
                } else {
                    temporary = try TemporaryFile(in: temporaryDirectory)
                }
                state.file = temporary
                let start = state.fileByteCount
                var end = start
                try unsafe contents.forEachPiece(isCancelled: isCancelled) { (piece) throws(InputError) in
                    try unsafe temporary.write(piece, at: end)
                    end += piece.count
                }
                state.fileByteCount = end
                source = InflatedRecord(path: file.path, place: .file(temporary, start..<end))
            }
            state.sources[record] = source
            return source
        }
    }
}

/// The contents of one compressed record.
struct InflatedRecord: ByteSource {
    let path: String
    fileprivate let place: Place

    fileprivate enum Place: Sendable {
        case memory([UInt8])
        case file(TemporaryFile, Range<Int>)
    }

    var byteCount: Int {
        switch place {
        case .memory(let bytes): bytes.count
        case .file(_, let range): range.count
        }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        switch place {
        case .memory(let bytes):
            // SAFETY: the slice has the length of the buffer, and slicing traps beyond the end.
            unsafe buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
        case .file(let file, let range):
            try unsafe file.read(at: range.lowerBound + offset, into: buffer)
        }
    }
}

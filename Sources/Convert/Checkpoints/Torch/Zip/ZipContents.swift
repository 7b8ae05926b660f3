import SkipFiles
import SkipModel

/// The contents of a zip entry, read piece by piece in bounded memory.
package struct ZipContents<Source: ByteSource> {
    package let source: Source
    private let name: ByteString
    private let method: ZipEntry.Method
    private let data: Range<Int>
    private let byteCount: Int
    /// Nil if it is not checked.
    private let checksum: UInt32?

    init(source: Source, entry: ZipEntry, checksums: ChecksumPolicy = .required) {
        self.source = source
        name = entry.name
        method = entry.method
        data = entry.data
        byteCount = entry.byteCount
        checksum = checksums == .optional && entry.checksum == 0 ? nil : entry.checksum
    }

    package init(source: Source, record: CompressedRecord) {
        self.source = source
        name = ByteString("byte \(record.byteOffset)")
        method = .deflated
        data = record.byteOffset..<record.byteOffset + record.storedByteCount
        byteCount = record.byteCount
        checksum = record.checksum
    }

    /// The size of a piece, in bytes.
    private static var pieceByteCount: Int { 256 << 10 }

    /// Calls `body` with the contents in order, then checks their length and checksum.
    ///
    /// The pieces are unverified until this returns. `isCancelled` is called before each piece; if it returns true, the
    /// error means nothing else.
    package func forEachPiece(
        isCancelled: (@Sendable () -> Bool)? = nil, _ body: (UnsafeRawBufferPointer) throws(InputError) -> Void
    ) throws(InputError) {
        var actual = ZipChecksum()
        let checked: (UnsafeRawBufferPointer) throws(InputError) -> Void = { (piece) throws(InputError) in
            if isCancelled?() == true { throw fault(.inputUnreadable, found: "cancelled", required: "") }
            if checksum != nil { unsafe actual.update(piece) }
            try unsafe body(piece)
        }
        switch method {
        case .stored: try unsafe readStored(checked)
        case .deflated: try unsafe inflate(checked)
        }
        if let checksum, checksum != actual.value {
            throw fault(
                .zipChecksum, found: "CRC-32 \(String(actual.value, radix: 16))",
                required: "\(String(checksum, radix: 16)), as the directory states")
        }
    }

    /// Returns the contents of a small entry.
    package func bytes(limit: Int) throws(InputError) -> [UInt8] {
        if byteCount > limit {
            throw fault(.zipRecordTooLarge, found: "\(byteCount) bytes", required: "at most \(limit)")
        }
        var bytes: [UInt8] = []
        try unsafe forEachPiece { (piece) throws(InputError) in unsafe bytes.append(contentsOf: piece) }
        return bytes
    }

    private func readStored(_ body: (UnsafeRawBufferPointer) throws(InputError) -> Void) throws(InputError) {
        var buffer = AlignedBuffer()
        var position = data.lowerBound
        while position < data.upperBound {
            let piece = unsafe buffer.reserve(min(Self.pieceByteCount, data.upperBound - position))
            try unsafe source.read(at: position, into: piece)
            try unsafe body(UnsafeRawBufferPointer(piece))
            position += piece.count
        }
    }

    /// Fails as soon as the stream holds more than the directory states.
    private func inflate(_ body: (UnsafeRawBufferPointer) throws(InputError) -> Void) throws(InputError) {
        guard var inflater = Inflater() else {
            throw fault(.inputUnreadable, found: "no memory to inflate", required: "")
        }
        var inputMemory = AlignedBuffer()
        var outputMemory = AlignedBuffer()
        let output = unsafe outputMemory.reserve(Self.pieceByteCount)
        var input = unsafe inputMemory.reserve(0)
        var position = data.lowerBound
        var produced = 0
        while true {
            if unsafe input.isEmpty, position < data.upperBound {
                unsafe input = inputMemory.reserve(min(Self.pieceByteCount, data.upperBound - position))
                try unsafe source.read(at: position, into: input)
                position += input.count
            }
            guard let step = unsafe inflater.inflate(input, into: output) else {
                throw fault(.zipInflation, found: "a malformed deflate stream", required: "\(byteCount) bytes")
            }
            unsafe input = UnsafeMutableRawBufferPointer(rebasing: input[step.consumed...])
            produced += step.produced
            if produced > byteCount {
                throw fault(
                    .zipInflation, found: "more than \(byteCount) bytes", required: "the size that the directory states"
                )
            }
            try unsafe body(UnsafeRawBufferPointer(rebasing: output[..<step.produced]))
            if step.isFinished { break }
            if step.consumed == 0, step.produced == 0 {
                throw fault(.zipInflation, found: "a deflate stream that does not end", required: "\(byteCount) bytes")
            }
        }
        let consumed = position - input.count - data.lowerBound
        if produced != byteCount || consumed != data.count {
            throw fault(
                .zipInflation, found: "\(produced) bytes inflated from \(consumed)",
                required: "\(byteCount) from \(data.count)")
        }
    }

    private func fault(_ rule: InputRule, found: String, required: String) -> InputError {
        InputError(
            rule, file: source.path, at: .byte(data.lowerBound), found: "\"\(name)\": \(found)", required: required)
    }
}

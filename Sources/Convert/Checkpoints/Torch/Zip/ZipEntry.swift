import SkipFiles

/// A member of a zip archive, known from its header in the central directory.
struct ZipEntry: Equatable, Sendable {
    let name: ByteString
    let flags: Int
    let method: Method
    /// CRC-32 of the bytes before compression.
    let checksum: UInt32
    /// The size in the file, compressed or not, in bytes.
    let storedByteCount: Int
    /// The size of the contents, in bytes.
    let byteCount: Int
    /// Absolute position of the local header.
    let headerOffset: Int
    /// Absolute position of the header in the central directory.
    let directoryOffset: Int
    /// Absolute position of the first byte; 0 until the local header is read.
    var dataOffset = 0

    enum Method: Int, Sendable {
        case stored = 0
        case deflated = 8
    }

    /// The range of the entry's bytes in the file.
    var data: Range<Int> { dataOffset..<dataOffset + storedByteCount }
}

import SkipFormat

/// The numbers of the package format, version 1.0. `specs/skipz-format.md` explains them.
public enum PackageLimits {
    public static let majorVersion: UInt16 = 1
    public static let minorVersion: UInt16 = 0
    static let magic: [UInt8] = [0x89] + Array("SKIPZST\r\n".utf8) + [0x1A, 0x0A]

    public static let headerByteCount = 256
    public static let indexEntryByteCount = 16

    /// The most raw bytes of block 0: a header and two tables at the limits of the `.skipgpt` format.
    static let maximumTablesByteCount = 34 << 20
    /// The most raw bytes of a block of metadata.
    static let metadataBlockByteCount = MerkleTree.leafByteCount
    /// The most raw bytes of all blocks before the weights.
    static let maximumFrontByteCount = 128 << 20
    static let maximumPartCount = 99_999
}

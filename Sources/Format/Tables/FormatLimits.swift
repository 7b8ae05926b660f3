import SkipModel

/// The numbers of the format, version 1.0. `specs/skipgpt-format.md` explains them.
public enum FormatLimits {
    public static let majorVersion: UInt16 = 1
    public static let minorVersion: UInt16 = 0

    /// The header is one page of this many bytes.
    public static let headerByteCount = 4096
    public static let sectionEntryByteCount = 128
    public static let tensorEntryByteCount = 96
    public static let configurationByteCount = 192
    public static let layerRecordByteCount = 32

    /// Alignment of tensors and metadata sections, in bytes.
    public static let tensorAlignment = 64
    /// Weight sections are aligned to 2 to this power when skipc writes.
    public static let defaultAlignmentLog2 = 14
    /// The alignments that a reader accepts.
    public static let alignmentLog2Range = 12...16

    public static let maximumFileByteCount = 1 << 56
    public static let maximumSectionCount = 65_536
    public static let maximumTensorCount = 262_144
    public static let maximumLayerCount = ModelLimits.maximumLayerCount
    public static let maximumVocabularySize = ModelLimits.maximumVocabularySize
    public static let maximumHiddenSize = ModelLimits.maximumHiddenSize
    public static let maximumIntermediateSize = ModelLimits.maximumIntermediateSize
    public static let maximumHeadCount = ModelLimits.maximumHeadCount
    public static let maximumHeadDimension = ModelLimits.maximumHeadDimension
    public static let maximumPositionCount = ModelLimits.maximumPositionCount

    /// Bytes of the figures of one int8 tensor.
    public static let figuresByteCount = 24

    public static let maximumProvenanceByteCount = 1 << 20
    public static let maximumProvenanceKeyByteCount = 128
    public static let maximumProvenanceValueByteCount = 65_535

    /// The value of a 32-bit field for "no layer" and "no token".
    static let none: UInt32 = 0xFFFF_FFFF
    package static let endianTag: UInt32 = 0x0102_0304
    package static let magic: [UInt8] = [0x89, 0x53, 0x4B, 0x49, 0x50, 0x47, 0x50, 0x54, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The bytes that the root hash covers before those of the header.
    static let rootHashPrefix: [UInt8] = Array("skipgpt-root-v1\0".utf8)
}

/// Returns the next multiple of `alignment`, a power of two. The caller bounds `offset` by
/// `FormatLimits.maximumFileByteCount`.
func alignedUp(_ offset: Int, to alignment: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }

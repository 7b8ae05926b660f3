import SkipFiles

/// A tensor of an input file, row-major and contiguous unless it has strides.
public struct SourceTensor: Equatable, Sendable {
    /// Index into `ModelGraph.sources`.
    public let sourceIndex: Int
    /// Its name in that file.
    public let name: ByteString
    public let elementType: ElementType
    public let shape: TensorShape
    /// Position of its first byte: absolute in the file or, with a compressed record, in the inflated record.
    public let byteOffset: Int
    /// Distances between neighbours along each dimension, in elements; nil if contiguous.
    public let strides: [Int]?
    /// The compressed record that holds it; nil if the file holds its bytes uncompressed.
    public let compressedRecord: CompressedRecord?

    public init(
        sourceIndex: Int, name: ByteString, elementType: ElementType, shape: TensorShape, byteOffset: Int,
        strides: [Int]? = nil, compressedRecord: CompressedRecord? = nil
    ) {
        self.sourceIndex = sourceIndex
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.byteOffset = byteOffset
        self.strides = strides
        self.compressedRecord = compressedRecord
    }

    /// Bytes from the first to the last element, gaps included; nil if `Int` cannot hold the number.
    public var spannedByteCount: Int? {
        let elementCount = strides.map { StridedView(shape: shape, strides: $0).end } ?? shape.elementCount
        guard let (byteCount, overflow) = elementCount?.multipliedReportingOverflow(by: elementType.byteCount) else {
            return nil
        }
        return overflow ? nil : byteCount
    }
}

/// A record of a file that is compressed with deflate.
public struct CompressedRecord: Hashable, Sendable {
    /// Absolute position of the deflate stream in the file.
    public let byteOffset: Int
    /// Bytes of the deflate stream.
    public let storedByteCount: Int
    /// Bytes of the inflated record.
    public let byteCount: Int
    /// CRC-32 of the inflated record.
    public let checksum: UInt32

    public init(byteOffset: Int, storedByteCount: Int, byteCount: Int, checksum: UInt32) {
        self.byteOffset = byteOffset
        self.storedByteCount = storedByteCount
        self.byteCount = byteCount
        self.checksum = checksum
    }
}

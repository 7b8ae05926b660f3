import SkipFiles
import SkipModel

/// A tensor as a checkpoint file declares it. It is row-major and contiguous unless it has strides.
public struct CheckpointTensor: Equatable, Sendable {
    public let name: ByteString
    public let storedType: StoredType
    public let shape: TensorShape
    /// Position of the first byte: absolute in the file, or in the inflated data of the compressed record.
    public let byteOffset: Int
    /// Absolute position of the header entry that declares it.
    public let headerOffset: Int
    /// The distance between neighbours along each dimension, in elements; nil if contiguous.
    public let strides: [Int]?
    /// The compressed record that holds it; nil if it is stored uncompressed.
    public let compressedRecord: CompressedRecord?

    init(
        name: ByteString, storedType: StoredType, shape: TensorShape, byteOffset: Int, headerOffset: Int,
        strides: [Int]? = nil, compressedRecord: CompressedRecord? = nil
    ) {
        self.name = name
        self.storedType = storedType
        self.shape = shape
        self.byteOffset = byteOffset
        self.headerOffset = headerOffset
        self.strides = strides
        self.compressedRecord = compressedRecord
    }

    /// The size of the elements, in bytes.
    public var byteCount: Int { shape.elementCount * storedType.byteCount }
}

import Model

/// A tensor as a checkpoint file declares it: contiguous, row-major.
public struct CheckpointTensor: Equatable, Sendable {
    public let name: ByteString
    public let storedType: StoredType
    public let shape: TensorShape
    /// Absolute position of the first byte in the file.
    public let byteOffset: Int
    /// Absolute position of the entry that declares it.
    public let headerOffset: Int

    public var byteCount: Int { shape.elementCount * storedType.byteCount }
}

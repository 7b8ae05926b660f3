import SkipModel

/// The weights that a file is made of.
public protocol TensorRowSource: Sendable {
    associatedtype Reader: TensorRowReader

    /// A reader for one thread. Every thread of a writer asks for its own.
    func makeReader() -> Reader

    /// Called once when all rows are read, before the file gets its name: the last moment to refuse.
    func finish() throws

    /// How far an int8 tensor of the layout's is from the weights that it was made of. Called after `finish`.
    func figures(ofTensorAt index: Int) -> QuantizationFigures
}

extension TensorRowSource {
    public func finish() throws {}

    public func figures(ofTensorAt index: Int) -> QuantizationFigures { .zero }
}

/// Yields rows of tensors to one thread; it may keep buffers from call to call.
public protocol TensorRowReader {
    /// Writes rows of the tensor at `index` of the layout's tensors into `destination`, which is exactly as long as
    /// they are in the tensor's storage and aligned for it. Rows are asked for in any order; those of an int8 tensor
    /// from a multiple of 16 on, and up to a multiple of 16 or the tensor's last.
    mutating func readRows(
        _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
    ) throws
}

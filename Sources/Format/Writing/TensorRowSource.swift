import SkipModel

/// The source of a file's weights.
public protocol TensorRowSource: Sendable {
    associatedtype Reader: TensorRowReader

    /// Creates a reader. Every thread of a writer creates its own.
    func makeReader() -> Reader

    /// Ends the work. Called once when all rows are read, before the file gets its name. An error discards the file.
    func finish() throws

    /// Returns the error of an int8 tensor, by its index in the layout, against the original weights. Called after
    /// `finish`.
    func figures(ofTensorAt index: Int) -> QuantizationFigures
}

extension TensorRowSource {
    public func finish() throws {}

    public func figures(ofTensorAt index: Int) -> QuantizationFigures { .zero }
}

/// Yields rows of tensors to one thread. It may keep buffers between calls.
public protocol TensorRowReader {
    /// Writes rows of a tensor, by its index in the layout, into `destination`, which has exactly the rows' length in
    /// the tensor's storage and its alignment. The order of calls is not specified. The range for an int8 tensor begins
    /// at a multiple of 16 and ends at a multiple of 16 or at the tensor's last row.
    mutating func readRows(
        _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
    ) throws
}

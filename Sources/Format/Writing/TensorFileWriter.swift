import SkipFiles

/// A tensor's position in a file that is not a `.skipgpt` file. Its rows have one size and no gaps.
public struct StreamedTensor: Sendable {
    /// Absolute position of its first byte.
    public let byteOffset: Int
    public let rowCount: Int
    /// At least 1.
    public let rowByteCount: Int

    public init(byteOffset: Int, rowCount: Int, rowByteCount: Int) {
        self.byteOffset = byteOffset
        self.rowCount = rowCount
        self.rowByteCount = rowByteCount
    }
}

/// Writes a file of a header and tensors without gaps, such as a safetensors file, in blocks of rows and in parallel.
/// The bytes do not depend on the order of writing. The file gets its name when it is complete.
public struct TensorFileWriter: Sendable {
    /// The bytes before the first tensor.
    public let header: [UInt8]
    /// In the order of their bytes.
    public let tensors: [StreamedTensor]
    public let fileByteCount: Int

    public init(header: [UInt8], tensors: [StreamedTensor], fileByteCount: Int) {
        self.header = header
        self.tensors = tensors
        self.fileByteCount = fileByteCount
    }

    /// Writes the file to `path`, which must not exist. `progress` counts the bytes of tensors. Uses the threads and
    /// the cancellation of `options`.
    public func write(
        rows: some TensorRowSource, to path: String, options: WorkOptions, progress: ProgressCounter
    ) throws(WriteError) {
        let output = try WriteError.output { () throws(OutputError) in
            let output = try OutputFile(path: path, overwrite: false)
            try output.resize(to: fileByteCount)
            try output.write(header, at: 0)
            return output
        }
        var blocked: [BlockedStream] = []
        for tensor in tensors {
            blocked.append(BlockedStream(tensor: tensor, firstLeaf: blocked.last?.leaves.end ?? 0))
        }
        try RowStream(
            rows: rows, batches: RowBatches(blocked) { $0 == 0 }, output: output, progress: progress,
            receive: { _, _, _ in }
        ).run(options)
        try WriteError.output { () throws(OutputError) in
            try output.synchronize()
            try output.publish()
        }
    }
}

private struct BlockedStream: BlockedTensor {
    let tensor: StreamedTensor
    let leaves: LeafGeometry

    init(tensor: StreamedTensor, firstLeaf: Int) {
        self.tensor = tensor
        leaves = LeafGeometry(rowCount: tensor.rowCount, rowByteCount: tensor.rowByteCount, firstLeaf: firstLeaf)
    }

    func rows(ofLeaf index: Int) -> Range<Int> {
        leaves.rows(ofLeaf: index, rowCount: tensor.rowCount)
    }

    func byteRange(ofLeaf index: Int) -> Range<Int> {
        let rows = rows(ofLeaf: index)
        return tensor.byteOffset + rows.lowerBound * tensor.rowByteCount..<tensor.byteOffset
            + rows.upperBound * tensor.rowByteCount
    }
}

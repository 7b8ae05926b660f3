import SkipFiles

/// Writes rows to a file on several threads. One thread reads a batch of blocks, passes it to `receive` and writes it.
@safe
struct RowStream<Rows: TensorRowSource, Tensor: BlockedTensor>: @unchecked Sendable {
    // SAFETY: `output` is only written through `pwrite`; everything else is immutable.
    let rows: Rows
    let batches: RowBatches<Tensor>
    let output: OutputFile
    let progress: ProgressCounter
    /// Receives the blocks of each batch, from any thread.
    let receive: Receiver

    /// Called with the index of a batch's first block, the ranges of its blocks within the batch, and the batch's
    /// bytes.
    typealias Receiver = @Sendable (_ firstBlock: Int, _ blocks: [Range<Int>], _ bytes: RawSpan) -> Void

    /// Writes all rows. Uses only the threads and the cancellation of `options`.
    func run(_ options: WorkOptions) throws(WriteError) {
        do {
            try parallelForEach(
                batches.count, threadCount: options.threadCount, isCancelled: options.isCancelled,
                makeState: {
                    RowStreamWorker(reader: rows.makeReader(), largestBatchByteCount: batches.largestByteCount)
                }
            ) { (batch, worker: inout RowStreamWorker<Rows.Reader>) throws(WriteError) in
                try write(batch, by: &worker)
            }
        } catch {
            switch error {
            case .failed(let error): throw error
            case .cancelled: throw .cancelled
            }
        }
        do { try rows.finish() } catch { throw .rows(error) }
    }

    private func write(_ batch: Int, by worker: inout RowStreamWorker<Rows.Reader>) throws(WriteError) {
        let blocks = batches.blocks(ofBatch: batch)
        guard let first = blocks.first else { return }
        let start = first.byteRange.lowerBound
        let bytes = try unsafe worker.read(blocks, from: start)
        let ranges = blocks.map { $0.byteRange.lowerBound - start..<$0.byteRange.upperBound - start }
        unsafe receive(first.index, ranges, bytes.bytes)
        try WriteError.output { () throws(OutputError) in try unsafe output.write(bytes, at: start) }
        if batch % RowStreamLimits.writeBackInterval == RowStreamLimits.writeBackInterval - 1 {
            let firstBatch = batch + 1 - RowStreamLimits.writeBackInterval
            output.startWriteBack(batches.byteOffset(ofBatch: firstBatch)..<start + bytes.count)
        }
        progress.add(bytes.count)
    }
}

/// The reader and the buffer of one thread.
@safe
private struct RowStreamWorker<Reader: TensorRowReader>: ~Copyable {
    private var reader: Reader
    /// A batch has the same position in the buffer as in the file, modulo the alignment of tensors.
    private let buffer: UnsafeMutableRawBufferPointer

    init(reader: Reader, largestBatchByteCount: Int) {
        self.reader = reader
        // SAFETY: freed in `deinit`, and used by this value alone.
        unsafe buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: largestBatchByteCount + FormatLimits.tensorAlignment, alignment: 4096)
    }

    deinit { unsafe buffer.deallocate() }

    /// Reads the blocks of a batch, which begins at `start` in the file. The bytes are valid until the next call.
    mutating func read(
        _ blocks: [RowBlock], from start: Int
    ) throws(WriteError) -> UnsafeRawBufferPointer {
        /// The file position of the buffer's first byte.
        let base = start & ~(FormatLimits.tensorAlignment - 1)
        var end = start
        for block in blocks {
            // SAFETY: the batch fits into the buffer, and the block and the padding before it are in the batch.
            let padding = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[end - base..<block.byteRange.lowerBound - base])
            unsafe padding.initializeMemory(as: UInt8.self, repeating: 0)
            end = block.byteRange.upperBound
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[block.byteRange.lowerBound - base..<end - base])
            do {
                try unsafe reader.readRows(block.rows, ofTensorAt: block.tensorIndex, into: bytes)
            } catch {
                throw .rows(error)
            }
        }
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[start - base..<end - base])
    }
}

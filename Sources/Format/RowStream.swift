import Model
import Synchronization

/// Streams rows into a file on several threads: batches are taken from a counter, each is read, handed on and written by
/// one thread through a buffer of its own.
@safe
final class RowStream<Rows: TensorRowSource, Tensor: BlockedTensor>: @unchecked Sendable {
    // SAFETY: `output` is only written through pwrite; everything else is immutable or atomic.
    private let rows: Rows
    private let batches: RowBatches<Tensor>
    private let output: OutputFile
    private let options: RowStreamOptions
    private let nextBatch = Atomic<Int>(0)
    private let bytesDone = Atomic<Int>(0)
    private let failure = Mutex<WriteError?>(nil)
    private let hasFailed = Atomic<Bool>(false)

    /// Given the blocks of each batch, from any thread.
    private let receive: Receiver

    /// Takes the index of a batch's first block, the places of its blocks in the batch, and the batch's bytes.
    typealias Receiver = @Sendable (_ firstBlock: Int, _ blocks: [Range<Int>], _ bytes: RawSpan) -> Void

    init(
        _ rows: Rows, batches: RowBatches<Tensor>, to output: OutputFile, options: RowStreamOptions,
        receive: @escaping Receiver
    ) {
        self.rows = rows
        self.batches = batches
        self.output = output
        self.options = options
        self.receive = receive
    }

    /// Writes all rows.
    func run() throws(WriteError) {
        WorkerThreads.run(min(options.threadCount, batches.count)) { self.work() }
        if let error = failure.withLock({ $0 }) { throw error }
        do { try rows.finish() } catch { throw .rows(error) }
    }

    /// Takes batches until there are none, or something failed.
    private func work() {
        // A batch lies in the buffer as it lies in the file, modulo the tensors' alignment.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: batches.largestByteCount + FormatLimits.tensorAlignment, alignment: 4096)
        defer { unsafe buffer.deallocate() }
        var reader = rows.makeReader()
        do throws(WriteError) {
            while !hasFailed.load(ordering: .relaxed) {
                let batch = nextBatch.wrappingAdd(1, ordering: .relaxed).oldValue
                guard batch < batches.count else { return }
                if options.isCancelled?() == true { throw WriteError.cancelled }
                try unsafe write(batch, from: &reader, through: buffer)
            }
        } catch {
            failure.withLock { if $0 == nil { $0 = error } }
            hasFailed.store(true, ordering: .relaxed)
        }
    }

    private func write(
        _ batch: Int, from reader: inout Rows.Reader, through buffer: UnsafeMutableRawBufferPointer
    ) throws(WriteError) {
        let blocks = batches.blocks(ofBatch: batch)
        guard let first = blocks.first else { return }
        let start = first.byteRange.lowerBound
        /// The file position of the buffer's first byte.
        let base = start & ~(FormatLimits.tensorAlignment - 1)
        var end = start
        for block in blocks {
            // SAFETY: the batch fits the buffer, and the block and the padding before it lie in the batch.
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
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[start - base..<end - base])
        let places = blocks.map { $0.byteRange.lowerBound - start..<$0.byteRange.upperBound - start }
        unsafe receive(first.index, places, bytes.bytes)
        try unsafe output.write(bytes, at: start)
        if batch % RowStreamLimits.writeBackInterval == RowStreamLimits.writeBackInterval - 1 {
            output.startWriteBack(batches.byteOffset(ofBatch: batch + 1 - RowStreamLimits.writeBackInterval)..<end)
        }
        let done = bytesDone.wrappingAdd(end - start, ordering: .relaxed).newValue
        options.progress?(done)
    }
}

/// How rows are streamed.
struct RowStreamOptions: Sendable {
    var threadCount = 1
    /// Called from any thread with the number of bytes written so far.
    var progress: (@Sendable (Int) -> Void)?
    /// Asked before every batch, from any thread; true ends the writing.
    var isCancelled: (@Sendable () -> Bool)?
}

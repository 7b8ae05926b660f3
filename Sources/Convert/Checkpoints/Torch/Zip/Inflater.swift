import CZlib

/// Inflates a raw deflate stream piece by piece.
@safe struct Inflater: ~Copyable {
    /// On the heap, because zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// The progress of one call, in bytes.
    struct Step {
        let consumed: Int
        let produced: Int
        /// The stream is at its end.
        let isFinished: Bool
    }

    /// Returns nil if zlib cannot allocate memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        // SAFETY: zlib requires a zeroed struct, which `z_stream()` is, and checks the size and version passed below.
        unsafe stream.initialize(to: z_stream())
        let windowBits: Int32 = -15
        let status = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        // SAFETY: the stream was initialized by inflateInit2 and is not used after this.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates until the output is full or the input is used up. Returns nil if the stream is malformed.
    mutating func inflate(_ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Step? {
        // SAFETY: both regions outlive the call. zlib reads `input`, writes `output` and keeps neither address.
        unsafe stream.pointee.next_in = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
        return Step(
            consumed: unsafe input.count - Int(stream.pointee.avail_in),
            produced: unsafe output.count - Int(stream.pointee.avail_out), isFinished: status == Z_STREAM_END)
    }
}

import CZlib

/// A raw deflate stream, inflated piece by piece.
@safe struct Inflater: ~Copyable {
    /// zlib keeps the stream's address, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// What one call did.
    struct Step {
        let consumed: Int
        let produced: Int
        /// The stream is at its end.
        let isFinished: Bool
    }

    /// Nil if zlib cannot get memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        // SAFETY: zlib wants the struct zeroed, which `z_stream()` does, and states its size and version.
        unsafe stream.initialize(to: z_stream())
        let windowBits: Int32 = -15
        let status = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        // SAFETY: the stream was initialized by inflateInit2 and is used by nobody else.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates as much as the output has room for. Nil if the stream is broken.
    mutating func inflate(_ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Step? {
        // SAFETY: both regions outlive the call; zlib reads the one, writes the other, and keeps neither.
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

/// CRC-32 as zip archives use it.
struct ZipChecksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the buffer is valid for the call.
        let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        value = unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(value), address, bytes.count))
    }
}

import Glibc

/// Reads files that are open for writing too.
package enum DescriptorReading {
    /// Fills `buffer` with the bytes from `offset` on. Bytes beyond the end of the file are zero.
    package static func read(
        _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, path: String
    ) throws(OutputError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            // SAFETY: pread writes at most `rest.count` bytes to `rest`.
            let count = retryingInterrupts { unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done) }
            guard count >= 0 else { throw .system(SystemFailure(.read, path)) }
            if count == 0 {
                unsafe rest.initializeMemory(as: UInt8.self, repeating: 0)
                return
            }
            done += count
        }
    }
}

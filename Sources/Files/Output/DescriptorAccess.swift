import Glibc

/// Reads and writes files by their descriptors, at absolute positions and from any thread.
package enum DescriptorAccess {
    /// Each call of `pwrite` ends at a multiple of this number of bytes, for the reasons in
    /// `specs/decisions/0003-writing-without-a-name.md`.
    private static let writeByteCount = 1 << 19

    /// Writes all of `bytes`. `path` is for errors.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int, path: String
    ) throws(OutputError) {
        var written = 0
        while written < bytes.count {
            let start = offset + written
            let count = min(bytes.count - written, Self.writeByteCount - start % Self.writeByteCount)
            let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[written..<written + count])
            // SAFETY: `piece` is valid for its count during the call.
            let result = unsafe pwrite(descriptor, piece.baseAddress, piece.count, start)
            if result > 0 {
                written += result
            } else if result == 0 || errno != EINTR {
                throw .system(SystemFailure(.write, path, code: result == 0 ? EIO : errno))
            }
        }
    }

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

    /// Returns the bytes of a range. Bytes beyond the end of the file are zero.
    package static func bytes(
        _ descriptor: Int32, _ range: Range<Int>, path: String
    ) throws(OutputError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var failure: OutputError?
        // SAFETY: the buffer is used only inside the closure.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(OutputError) {
                try unsafe read(descriptor, at: range.lowerBound, into: buffer, path: path)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

import Glibc

/// A file without a name, which is deleted when it is closed.
public final class TemporaryFile: Sendable {
    private let directory: String
    private let descriptor: Int32

    /// The directory for temporary files unless the caller chooses another.
    public static let standardDirectory = "/var/tmp"

    /// Creates the file in `directory`.
    public init(in directory: String) throws(InputError) {
        self.directory = directory
        var template = (directory + "/skipc-XXXXXX").utf8CString
        // SAFETY: the template is a writable C string, which mkstemp completes and unlink reads.
        descriptor = unsafe template.withUnsafeMutableBufferPointer { name in
            guard let name = name.baseAddress else { return Int32(-1) }
            let descriptor = unsafe mkstemp(name)
            if descriptor >= 0 { unsafe unlink(name) }
            return descriptor
        }
        guard descriptor >= 0 else {
            throw InputError(.temporaryFile, file: directory, found: SystemFailure.reason())
        }
    }

    deinit { close(descriptor) }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(InputError) {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            // SAFETY: pwrite reads at most `rest.count` bytes of `rest`.
            let count = retryingInterrupts { unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + done) }
            guard count >= 0 else {
                throw InputError(.temporaryFile, file: directory, found: SystemFailure.reason())
            }
            done += count
        }
    }

    /// Fills `buffer` with bytes that were written.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            // SAFETY: pread writes at most `rest.count` bytes to `rest`.
            let count = retryingInterrupts { unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done) }
            guard count >= 0 else {
                throw InputError(.temporaryFile, file: directory, found: SystemFailure.reason())
            }
            if count == 0 { throw InputError(.temporaryFile, file: directory, found: "less than was written") }
            done += count
        }
    }
}

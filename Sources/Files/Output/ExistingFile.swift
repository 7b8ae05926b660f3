import Glibc

/// A regular file that is changed in place. Another process must not have it open in this way.
public final class ExistingFile: Sendable {
    public let path: String
    public let descriptor: Int32

    /// Opens the file. Throws if it is not a regular file or one of `inputs`.
    public init(
        opening path: String, isReadOnly: Bool = false, inputs: ProtectedFiles = ProtectedFiles()
    ) throws(OutputError) {
        let access = isReadOnly ? O_RDONLY : O_RDWR
        descriptor = retryingInterrupts { unsafe open(path, access | O_NONBLOCK | O_CLOEXEC) }
        self.path = path
        guard descriptor >= 0 else { throw .system(SystemFailure(.open, path)) }
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(SystemFailure(.status, path)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unsuitableTarget(path: path) }
        do {
            if try inputs.contain(status) { throw OutputError.targetIsInput(path: path) }
        } catch let error as SystemFailure {
            throw .system(error)
        } catch {
            throw .targetIsInput(path: path)
        }
        if !isReadOnly, flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw .system(SystemFailure(.open, path)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The length of the file; 0 if the system does not say.
    public var byteCount: Int {
        var status = stat()
        // SAFETY: `status` outlives the call.
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Writes all of `bytes` at an absolute position. May be called from several threads.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(OutputError) {
        try unsafe DescriptorAccess.write(bytes, to: descriptor, at: offset, path: path)
    }

    /// Writes an array's bytes at an absolute position.
    public func write(_ bytes: [UInt8], at offset: Int) throws(OutputError) {
        // SAFETY: the array's bytes are read within the call.
        try unsafe bytes.span.withUnsafeBytes { bytes throws(OutputError) in try unsafe write(bytes, at: offset) }
    }

    /// Cuts or extends the file. New bytes are zero.
    public func resize(to byteCount: Int) throws(OutputError) {
        guard retryingInterrupts({ ftruncate(descriptor, byteCount) }) == 0 else {
            throw .system(SystemFailure(.resize, path))
        }
    }

    /// Waits until the disk has all data.
    public func synchronize() throws(OutputError) {
        guard fsync(descriptor) == 0 else { throw .system(SystemFailure(.synchronize, path)) }
    }
}

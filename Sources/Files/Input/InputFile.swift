import Glibc

/// A regular file opened for reading with `pread`.
///
/// Inputs are not mapped, so that an I/O error is an error instead of a signal, and a file that shrinks is noticed.
public final class InputFile: Sendable {
    /// The path for error messages.
    public let path: String
    /// The size when the file was opened.
    public let byteCount: Int
    private let descriptor: Int32
    private let identity: FileIdentity

    /// Opens the file without blocking. Throws unless it is a regular file.
    public init(opening path: String) throws(InputError) {
        self.path = path
        descriptor = retryingInterrupts { unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw InputError(.inputUnreadable, file: path, found: SystemFailure.reason())
        }
        guard let status = FileIdentity.Status(of: descriptor) else {
            let reason = SystemFailure.reason()
            close(descriptor)
            throw InputError(.inputUnreadable, file: path, found: reason)
        }
        guard status.isRegularFile else {
            close(descriptor)
            throw InputError(.notRegularFile, file: path, found: status.kindName, required: "a regular file")
        }
        identity = status.identity
        byteCount = status.identity.byteCount
    }

    deinit { close(descriptor) }

    /// The last component of the path.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Fills `buffer` with the bytes from `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            // SAFETY: pread writes at most `rest.count` bytes to `rest`.
            let count = retryingInterrupts { unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done) }
            guard count >= 0 else {
                throw InputError(
                    .inputUnreadable, file: path, at: .byte(offset + done), found: SystemFailure.reason())
            }
            if count == 0 {
                throw InputError(
                    .inputChanged, file: path, at: .byte(offset + done), found: "the end of the file",
                    required: "\(byteCount) bytes, as when it was opened")
            }
            done += count
        }
    }

    /// Throws if the file was replaced or written since it was opened.
    public func checkUnchanged() throws(InputError) {
        guard FileIdentity.Status(of: descriptor)?.identity == identity else {
            throw InputError(
                .inputChanged, file: path, found: "another size or time", required: "the file as it was opened")
        }
    }
}

/// The properties of a file that change when it is written or replaced.
private struct FileIdentity: Equatable, Sendable {
    let device: UInt64
    let inode: UInt64
    let byteCount: Int
    let modificationSeconds: Int
    let modificationNanoseconds: Int
    let changeSeconds: Int
    let changeNanoseconds: Int

    struct Status {
        let identity: FileIdentity
        let mode: UInt32

        init?(of descriptor: Int32) {
            var status = stat()
            // SAFETY: fstat fills the struct that it is passed.
            guard unsafe fstat(descriptor, &status) == 0 else { return nil }
            mode = status.st_mode & S_IFMT
            identity = FileIdentity(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), byteCount: Int(status.st_size),
                modificationSeconds: status.st_mtim.tv_sec, modificationNanoseconds: status.st_mtim.tv_nsec,
                changeSeconds: status.st_ctim.tv_sec, changeNanoseconds: status.st_ctim.tv_nsec)
        }

        var isRegularFile: Bool { mode == S_IFREG }

        var kindName: String {
            switch mode {
            case S_IFDIR: "a directory"
            case S_IFIFO: "a named pipe"
            case S_IFSOCK: "a socket"
            case S_IFCHR, S_IFBLK: "a device"
            default: "not a regular file"
            }
        }
    }
}

/// Repeats a system call while a signal interrupts it.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

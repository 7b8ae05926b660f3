import Glibc
import SystemPackage

/// A regular file opened for reading with `pread`.
///
/// Inputs are not mapped, so that an I/O error is an error instead of a signal, and a file that shrinks is noticed.
public final class InputFile: Sendable {
    /// The path for error messages.
    public let path: String
    /// The size when the file was opened.
    public let byteCount: Int
    private let descriptor: FileDescriptor
    private let identity: FileIdentity

    /// Opens the file without blocking. Throws unless it is a regular file.
    public init(opening path: String) throws(InputError) {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw InputError(.inputUnreadable, file: path, found: "\(error)")
        }
        guard let status = FileIdentity.Status(of: descriptor) else {
            let problem = Errno(rawValue: errno)
            try? descriptor.close()
            throw InputError(.inputUnreadable, file: path, found: "\(problem)")
        }
        guard status.isRegularFile else {
            try? descriptor.close()
            throw InputError(.notRegularFile, file: path, found: status.kindName, required: "a regular file")
        }
        identity = status.identity
        byteCount = status.identity.byteCount
    }

    deinit { try? descriptor.close() }

    /// The last component of the path.
    public var name: String { FilePath(path).lastComponent?.string ?? path }

    /// Fills `buffer` with the bytes from `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        var done = 0
        while done < buffer.count {
            let count: Int
            do {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                count = try unsafe descriptor.read(fromAbsoluteOffset: Int64(offset + done), into: rest)
            } catch {
                throw InputError(.inputUnreadable, file: path, at: .byte(offset + done), found: "\(error)")
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

        init?(of descriptor: FileDescriptor) {
            var status = stat()
            // SAFETY: fstat fills the struct that it is passed.
            guard unsafe fstat(descriptor.rawValue, &status) == 0 else { return nil }
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

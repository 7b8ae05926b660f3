import Glibc

/// A file of a file system. Hard links to one file have the same value.
public struct FileKey: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

/// The properties of a file that change when it is written or replaced.
struct FileIdentity: Equatable, Sendable {
    let key: FileKey
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
                key: FileKey(status), byteCount: Int(status.st_size),
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

import CLinux
import Glibc

/// Which directories an output directory may replace.
public struct DirectoryReplacement: Sendable {
    /// Files that must not be in it.
    let inputs: ProtectedFiles
    /// Decides by the names of the files in it.
    let isReplaceable: @Sendable ([String]) -> Bool

    public init(inputs: ProtectedFiles, isReplaceable: @escaping @Sendable ([String]) -> Bool) {
        self.inputs = inputs
        self.isReplaceable = isReplaceable
    }
}

/// An existing directory that a complete output directory replaces, and that is then removed.
struct ReplacedDirectory: ~Copyable {
    /// Remains open, so that no other descriptor is needed to remove the files.
    private let descriptor: Int32
    private let names: [String]
    private let key: FileKey

    /// Opens the directory `name` of the directory `parent`. It must hold only files and symbolic links, none of them an
    /// input, and satisfy the rule.
    ///
    /// - Parameter path: the path of the directory, for errors.
    init(parent: Int32, name: String, path: String, rule: DirectoryReplacement) throws(OutputError) {
        descriptor = retryingInterrupts {
            unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        }
        guard descriptor >= 0 else {
            names = []
            key = FileKey(stat())
            throw .system(SystemFailure(.open, path))
        }
        var status = stat()
        // SAFETY: `status` outlives the call. The call cannot fail for an open descriptor.
        _ = unsafe fstat(descriptor, &status)
        key = FileKey(status)
        do {
            names = try DirectoryListing.names(ofDescriptor: fcntl(descriptor, F_DUPFD_CLOEXEC, 0), path: path)
        } catch {
            names = []
            throw .system(error)
        }
        guard unsafe faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw .system(SystemFailure(.remove, path))
        }
        for name in names {
            guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // Another process that replaces the directory has removed the file.
                if errno == ENOENT { continue }
                throw .system(SystemFailure(.status, path + "/" + name))
            }
            guard [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else { throw .notReplaceable(path: path) }
            let isInput: Bool
            do { isInput = try rule.inputs.contain(status) } catch { throw .system(error) }
            if isInput { throw .targetIsInput(path: path) }
        }
        if !names.isEmpty, !rule.isReplaceable(names) { throw .notReplaceable(path: path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Exchanges the directory with the one named `newName`, as one step, and removes it.
    ///
    /// Returns false, with nothing changed, if another process has replaced the directory since it was opened.
    consuming func exchange(
        parent: Int32, name: String, newName: String, path: String
    ) throws(OutputError) -> Bool {
        guard unsafe renameat2(parent, newName, parent, name, UInt32(RENAME_EXCHANGE)) == 0 else {
            if errno == ENOENT { return false }
            throw .system(SystemFailure(.rename, path))
        }
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstatat(parent, newName, &status, AT_SYMLINK_NOFOLLOW) == 0, FileKey(status) == key else {
            guard unsafe renameat2(parent, newName, parent, name, UInt32(RENAME_EXCHANGE)) == 0 else {
                throw .system(SystemFailure(.rename, path))
            }
            return false
        }
        for file in names { _ = unsafe unlinkat(descriptor, file, 0) }
        guard unsafe unlinkat(parent, newName, AT_REMOVEDIR) == 0 else {
            throw .system(SystemFailure(.remove, path))
        }
        return true
    }
}

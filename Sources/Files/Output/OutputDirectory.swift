import Glibc

/// A directory that gets its name only when it is complete.
///
/// Until `publish` it is named `.NAME.RANDOM.partial`, beside the target. Unless `publish` succeeds, it is removed. It
/// contains only files, no directories.
public final class OutputDirectory {
    /// The path of the published directory.
    public let path: String
    /// The path until it is published.
    public let temporaryPath: String
    private let name: String
    private let temporaryName: String
    private let parent: Int32
    /// The open directory, through which it is cleaned even if no other descriptor can be opened; −1 before that.
    private var descriptor: Int32 = -1
    /// The names of the files in it.
    private var fileNames: [String] = []
    private var isPublished = false
    /// Nil if an existing directory is not replaced.
    private let replacement: DirectoryReplacement?

    /// Creates the directory. `path` must not exist, or be an empty directory, or one that `replacement` allows.
    public init(path: String, replacing replacement: DirectoryReplacement? = nil) throws(OutputError) {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        let (parentPath, name) = OutputFile.split(String(trimmed))
        guard !["", ".", ".."].contains(name) else { throw .unsuitableTarget(path: path) }
        let parent = retryingInterrupts { unsafe open(parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard parent >= 0 else { throw .system(SystemFailure(.open, parentPath)) }
        self.path = path
        self.name = name
        self.parent = parent
        self.replacement = replacement
        temporaryName = OutputFile.partialName(for: name)
        temporaryPath = (parentPath == "/" ? "" : parentPath) + "/" + temporaryName
        // All properties are set, so that `deinit` runs if one of the following calls throws.
        try checkTarget()
        guard unsafe mkdirat(parent, temporaryName, 0o777) == 0 else {
            throw .system(SystemFailure(.create, temporaryPath))
        }
        descriptor = retryingInterrupts { unsafe openat(parent, temporaryName, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        if descriptor < 0 {
            let failure = SystemFailure(.open, temporaryPath)
            removeTemporary()
            throw .system(failure)
        }
    }

    deinit {
        if descriptor >= 0, !isPublished { removeTemporary() }
        if descriptor >= 0 { close(descriptor) }
        close(parent)
    }

    /// Returns the path at which a file of the directory is written.
    public func file(_ name: String) -> String {
        fileNames.append(name)
        return temporaryPath + "/" + name
    }

    /// Throws if the disk has less free space than `byteCount`.
    public func requireSpace(_ byteCount: Int) throws(OutputError) {
        guard FreeSpace.isEnough(for: byteCount, at: descriptor) else {
            throw .system(SystemFailure(.freeSpace, path, code: ENOSPC))
        }
    }

    /// Gives the directory its name. All of its files must be on the disk. A directory that it replaces is removed; if
    /// that fails, it remains under the temporary name.
    public func publish() throws(OutputError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .system(SystemFailure(.synchronize, path)) }
        if !(try replaceExisting()) { try rename() }
        isPublished = true
        guard fsync(parent) == 0 || errno == EINVAL else { throw .system(SystemFailure(.synchronize, path)) }
    }

    private func rename() throws(OutputError) {
        // `renameat` replaces an empty directory and nothing else.
        guard unsafe renameat(parent, temporaryName, parent, name) == 0 else {
            throw [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno)
                ? .targetExists(path: path) : .system(SystemFailure(.rename, path))
        }
    }

    /// Replaces a directory of that name. Returns false if there is none.
    private func replaceExisting() throws(OutputError) -> Bool {
        guard let replacement else { return false }
        // Other processes may replace the directory at the same time; the last one wins.
        for _ in 0..<Self.attemptLimit where try targetExists() {
            let existing = try ReplacedDirectory(parent: parent, name: name, path: path, rule: replacement)
            if try existing.exchange(parent: parent, name: name, newName: temporaryName, path: path) { return true }
        }
        return false
    }

    private static let attemptLimit = 100

    /// Throws if the target exists, unless it is an empty directory or one that can be replaced.
    private func checkTarget() throws(OutputError) {
        if !(try targetExists()) { return }
        if let replacement {
            _ = try ReplacedDirectory(parent: parent, name: name, path: path, rule: replacement)
            return
        }
        let directory = retryingInterrupts { unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard directory >= 0 else { throw .system(SystemFailure(.open, path)) }
        if try !names(ofDescriptor: directory).isEmpty { throw .targetExists(path: path) }
    }

    /// Returns whether a directory of that name exists. Throws if something else does.
    private func targetExists() throws(OutputError) -> Bool {
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw .system(SystemFailure(.status, path))
        }
        if status.st_mode & S_IFMT == S_IFDIR { return true }
        throw replacement == nil ? .targetExists(path: path) : .notReplaceable(path: path)
    }

    private func removeTemporary() {
        for name in fileNames { _ = unsafe unlinkat(descriptor, name, 0) }
        _ = unsafe unlinkat(parent, temporaryName, AT_REMOVEDIR)
    }

    private func names(ofDescriptor descriptor: Int32) throws(OutputError) -> [String] {
        do {
            return try DirectoryListing.names(ofDescriptor: descriptor, path: path)
        } catch {
            throw .system(error)
        }
    }
}

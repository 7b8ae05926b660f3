import CLinux
import Glibc

/// A file that gets its name only when it is complete.
///
/// It has no name at first if the system supports that (`O_TMPFILE`), and otherwise the name `.NAME.RANDOM.partial`
/// beside the target. Unless `publish` succeeds, it is removed.
public final class OutputFile {
    public let path: String
    private let name: String
    private let overwrite: Bool
    private let inputs: ProtectedFiles
    private let directory: Int32
    /// The descriptor of the open file, through which it can be read back.
    public private(set) var descriptor: Int32 = -1
    /// The name of the file while it is written; nil for an unnamed file.
    private var temporaryName: String?
    /// Whether the temporary name stays if the file is not published.
    private var isKept = false
    /// Whether the file existed under its temporary name when it was opened.
    public private(set) var isResumed = false

    /// Creates the file in the directory of the target. Throws if the target cannot be written, or if it is one of
    /// `inputs`, whatever its name.
    public init(
        path: String, overwrite: Bool, inputs: ProtectedFiles = ProtectedFiles(), usesUnnamedFile: Bool = true
    ) throws(OutputError) {
        (directory, name) = try Self.openDirectory(of: path)
        self.path = path
        self.overwrite = overwrite
        self.inputs = inputs
        try checkTarget()
        try create(usesUnnamedFile: usesUnnamedFile)
    }

    /// Opens or creates the file under a name beside the target, where it stays if it is not published, so that the
    /// work can be resumed. Another process must not have it open in this way.
    public init(
        path: String, overwrite: Bool, inputs: ProtectedFiles = ProtectedFiles(), resumingAt partialPath: String
    ) throws(OutputError) {
        (directory, name) = try Self.openDirectory(of: path)
        self.path = path
        self.overwrite = overwrite
        self.inputs = inputs
        isKept = true
        try checkTarget()
        try resume(at: partialPath)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isKept { discard() }
        close(directory)
    }

    /// Whether an end of the process without `discard` leaves a file behind.
    public var hasTemporaryName: Bool { temporaryName != nil }

    /// Removes the temporary name. Called before the process is ended by a signal.
    public func discard() {
        if let temporaryName { _ = unsafe unlinkat(directory, temporaryName, 0) }
        temporaryName = nil
    }

    /// Sets the length of the file and allocates its space if the file system supports that. Checks the free space
    /// first, because allocating on a disk that is too small would fill it.
    public func resize(to byteCount: Int) throws(OutputError) {
        guard FreeSpace.isEnough(for: byteCount, at: descriptor) else {
            throw .system(SystemFailure(.freeSpace, path, code: ENOSPC))
        }
        if retryingInterrupts({ fallocate(descriptor, 0, 0, byteCount) }) == 0 { return }
        // ENOSPC is final. Other errors mean that the file system or the kernel does not support allocation.
        guard errno != ENOSPC, retryingInterrupts({ ftruncate(descriptor, byteCount) }) == 0 else {
            throw .system(SystemFailure(.resize, path))
        }
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

    /// Starts writing a range to the disk, so that `synchronize` has little to wait for.
    public func startWriteBack(_ range: Range<Int>) {
        // On Linux this advice starts writing the range's dirty pages, which stay in memory. An error is harmless.
        _ = posix_fadvise(descriptor, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
    }

    /// Waits until the disk has all data. After a failure it is unknown what the disk has, so that a retry is useless.
    public func synchronize() throws(OutputError) {
        guard fsync(descriptor) == 0 else { throw .system(SystemFailure(.synchronize, path)) }
    }

    /// Gives the file its name. Replaces an old file only with `overwrite`.
    public func publish() throws(OutputError) {
        if temporaryName == nil, overwrite { try linkUnderTemporaryName() }
        if let temporaryName {
            if overwrite { try rename(temporaryName) } else { try moveWithoutReplacing(temporaryName) }
        } else {
            try link(descriptorPath, from: AT_FDCWD, as: name)
        }
        guard fsync(directory) == 0 || errno == EINVAL else {
            let failure = SystemFailure(.synchronize, path)
            if !overwrite { _ = unsafe unlinkat(directory, name, 0) }
            throw .system(failure)
        }
    }
}

// MARK: - Names

extension OutputFile {
    private var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

    /// Opens the directory in which a path is, and returns its descriptor and the path's last component.
    private static func openDirectory(of path: String) throws(OutputError) -> (descriptor: Int32, name: String) {
        let (directoryPath, name) = split(path)
        guard !["", ".", ".."].contains(name) else { throw .unsuitableTarget(path: path) }
        let descriptor = retryingInterrupts { unsafe open(directoryPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system(SystemFailure(.open, directoryPath)) }
        return (descriptor, name)
    }

    /// Splits a path into its directory and the name in it.
    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let directory = String(path[..<slash])
        return (directory.isEmpty ? "/" : directory, String(path[path.utf8.index(after: slash)...]))
    }

    private func checkTarget() throws(OutputError) {
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw .system(SystemFailure(.status, path))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unsuitableTarget(path: path) }
        guard overwrite else { throw .targetExists(path: path) }
        do {
            if try inputs.contain(status) { throw OutputError.targetIsInput(path: path) }
        } catch let error as SystemFailure {
            throw .system(error)
        } catch {
            throw .targetIsInput(path: path)
        }
    }

    private func create(usesUnnamedFile: Bool) throws(OutputError) {
        // O_TMPFILE is a bit together with O_DIRECTORY. Swift does not import the macro of the C header.
        let withoutName = 0o20_000_000 | O_DIRECTORY
        // An unnamed file is linked through /proc.
        if usesUnnamedFile, unsafe access("/proc/self/fd", X_OK) == 0 {
            descriptor = retryingInterrupts { unsafe openat(directory, ".", withoutName | O_RDWR | O_CLOEXEC, 0o666) }
            if descriptor >= 0 { return }
            // Kernels and file systems that do not support the flag return one of these errors.
            guard [EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(errno) else {
                throw .system(SystemFailure(.create, path))
            }
        }
        let partialName = Self.partialName(for: name)
        descriptor = retryingInterrupts {
            unsafe openat(directory, partialName, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        }
        guard descriptor >= 0 else { throw .system(SystemFailure(.create, path)) }
        temporaryName = partialName
    }

    /// Returns `.NAME.RANDOM.partial`, with a name that is truncated to fit a directory entry.
    static func partialName(for name: String) -> String {
        var cut = Array(name.utf8.prefix(200))
        while String(validating: cut, as: UTF8.self) == nil, !cut.isEmpty { cut.removeLast() }
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        return "." + String(decoding: cut, as: UTF8.self) + "." + number + ".partial"
    }

    private func resume(at partialPath: String) throws(OutputError) {
        let partialName = Self.split(partialPath).name
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        descriptor = retryingInterrupts { unsafe openat(directory, partialName, flags) }
        isResumed = descriptor >= 0
        if !isResumed, errno == ENOENT {
            descriptor = retryingInterrupts { unsafe openat(directory, partialName, flags | O_CREAT | O_EXCL, 0o666) }
        }
        guard descriptor >= 0 else { throw .system(SystemFailure(.open, partialPath)) }
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(SystemFailure(.status, partialPath)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unsuitableTarget(path: partialPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .system(SystemFailure(.open, partialPath)) }
        temporaryName = partialName
    }

    /// The length of the file; 0 if the system does not say.
    public var byteCount: Int {
        var status = stat()
        // SAFETY: `status` outlives the call.
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Keeps the unpublished file under a name beside the target, so that the work can be resumed.
    public func keep(at partialPath: String) throws(OutputError) {
        if isKept { return }
        let partialName = Self.split(partialPath).name
        if temporaryName == nil {
            try link(descriptorPath, from: AT_FDCWD, as: partialName)
        } else if let temporaryName {
            try link(temporaryName, from: directory, as: partialName)
            _ = unsafe unlinkat(directory, temporaryName, 0)
        }
        temporaryName = partialName
        isKept = true
    }

    private func linkUnderTemporaryName() throws(OutputError) {
        let partialName = Self.partialName(for: name)
        try link(descriptorPath, from: AT_FDCWD, as: partialName)
        temporaryName = partialName
    }

    private func link(_ source: String, from sourceDirectory: Int32, as newName: String) throws(OutputError) {
        if unsafe linkat(sourceDirectory, source, directory, newName, AT_SYMLINK_FOLLOW) == 0 { return }
        throw errno == EEXIST ? .targetExists(path: path) : .system(SystemFailure(.link, path))
    }

    private func rename(_ temporaryName: String) throws(OutputError) {
        guard unsafe renameat(directory, temporaryName, directory, name) == 0 else {
            throw .system(SystemFailure(.rename, path))
        }
        self.temporaryName = nil
    }

    /// Links the file, which fails if the target exists. Without hard links, checks the target before renaming.
    private func moveWithoutReplacing(_ temporaryName: String) throws(OutputError) {
        do {
            try link(temporaryName, from: directory, as: name)
        } catch {
            guard case .system(let failure) = error, [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(failure.code) else {
                throw error
            }
            try checkTarget()
            try rename(temporaryName)
        }
        discard()
    }
}

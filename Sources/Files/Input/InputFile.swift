import Glibc

/// A regular file opened for reading with `pread`.
///
/// Inputs are not mapped, so that an I/O error is an error instead of a signal, and a file that shrinks is noticed. With
/// many files, the descriptor may be closed while the file is not read. When it is opened again, it must be the same
/// file, unchanged.
public final class InputFile: Sendable {
    /// The path for error messages.
    public let path: String
    /// The size when the file was opened.
    public let byteCount: Int
    private let identity: FileIdentity
    private let pool: DescriptorPool
    private let poolKey: DescriptorPool.Key

    /// Opens the file without blocking. Throws unless it is a regular file.
    public convenience init(opening path: String) throws(InputError) { try self.init(opening: path, pool: .shared) }

    init(opening path: String, pool: DescriptorPool) throws(InputError) {
        let (descriptor, identity) = try Self.open(path, pool)
        self.path = path
        self.identity = identity
        self.pool = pool
        byteCount = identity.byteCount
        poolKey = pool.makeKey()
        _ = pool.add(descriptor, for: poolKey)
        pool.giveBack(poolKey)
    }

    deinit { pool.remove(poolKey) }

    private static func open(_ path: String, _ pool: DescriptorPool) throws(InputError) -> (Int32, FileIdentity) {
        func attempt() -> Int32 {
            retryingInterrupts { unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
        }
        var descriptor = attempt()
        if descriptor < 0, errno == EMFILE || errno == ENFILE, pool.closeIdle() { descriptor = attempt() }
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
        return (descriptor, status.identity)
    }

    /// Calls `body` with the file's descriptor, which is open during the call.
    ///
    /// - Throws: `inputChanged` or `inputUnreadable` if the file had to be opened again and is not the same.
    package func withDescriptor<Result>(
        _ body: (Int32) throws(InputError) -> Result
    ) throws(InputError) -> Result {
        let descriptor = try borrowDescriptor()
        defer { pool.giveBack(poolKey) }
        return try body(descriptor)
    }

    private func borrowDescriptor() throws(InputError) -> Int32 {
        if let descriptor = pool.borrow(poolKey) { return descriptor }
        let (descriptor, found) = try Self.open(path, pool)
        guard found == identity else {
            close(descriptor)
            throw InputError(
                .inputChanged, file: path, found: "another file, size or time", required: "the file as it was opened")
        }
        return pool.add(descriptor, for: poolKey)
    }

    /// Identifies the file, whatever its name.
    public var key: FileKey { identity.key }

    /// The last component of the path.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Fills `buffer` with the bytes from `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        try withDescriptor { (descriptor) throws(InputError) in
            try unsafe read(descriptor, at: offset, into: buffer)
        }
    }

    private func read(
        _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
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
        let found = try withDescriptor { (descriptor) throws(InputError) in
            guard let status = FileIdentity.Status(of: descriptor) else {
                throw InputError(.inputUnreadable, file: path, found: SystemFailure.reason())
            }
            return status.identity
        }
        guard found == identity else {
            throw InputError(
                .inputChanged, file: path, found: "another size or time", required: "the file as it was opened")
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

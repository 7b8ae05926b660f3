import Glibc

/// A regular file, mapped read-only for as long as the object lives.
///
/// If another process truncates the file meanwhile, a read of the lost part raises SIGBUS: files are replaced by
/// renaming, never rewritten in place.
@safe
public final class MappedFile: @unchecked Sendable {
    // SAFETY: `bytes` is immutable memory that only `deinit` frees, so it may be read from any thread.

    /// The path that the file was opened by, for messages.
    public let path: String
    public let byteCount: Int
    private let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Maps the file at `path`. A device, a directory, a FIFO is refused without waiting for it.
    public convenience init(opening path: String) throws(FormatError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(SystemFailure(.open, path)) }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Maps an open file; `path` is for messages. The descriptor may be closed afterwards.
    init(descriptor: Int32, path: String) throws(FormatError) {
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(SystemFailure(.status, path)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .broken(RuleViolation(.regularFile, at: 0)) }
        let count = Int(status.st_size)
        guard count >= FormatLimits.headerByteCount else {
            throw .broken(
                RuleViolation(
                    .headerPresent,
                    at: 0,
                    found: .number(Int64(count)),
                    required: .number(Int64(FormatLimits.headerByteCount))
                )
            )
        }
        // SAFETY: a new read-only mapping of an open file; its address and length are kept together in `bytes`.
        let address = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw .system(SystemFailure(.map, path))
        }
        self.path = path
        byteCount = count
        unsafe bytes = UnsafeRawBufferPointer(start: address, count: count)
        isMapped = true
    }

    /// A file in memory, for tests: the bytes are copied.
    package init(contents: [UInt8], path: String = "memory") throws(FormatError) {
        guard contents.count >= FormatLimits.headerByteCount else {
            throw .broken(
                RuleViolation(
                    .headerPresent,
                    at: 0,
                    found: .number(Int64(contents.count)),
                    required: .number(Int64(FormatLimits.headerByteCount))
                )
            )
        }
        // SAFETY: a new buffer of the contents' size, page-aligned like a mapping, freed in `deinit`.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 4096)
        unsafe copy.copyBytes(from: contents)
        self.path = path
        byteCount = contents.count
        unsafe bytes = UnsafeRawBufferPointer(copy)
        isMapped = false
    }

    deinit {
        // SAFETY: `bytes` came from `mmap` or `allocate` and is not used again.
        if isMapped {
            _ = unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            unsafe bytes.deallocate()
        }
    }

    /// The bytes of a range, which must lie within the file. Valid while the object lives.
    public func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        // SAFETY: the precondition keeps the slice inside the mapping.
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// The little-endian integer at an offset.
    func integer<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size)
        // SAFETY: the precondition bounds the load, which needs no alignment.
        return unsafe Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The digest at an offset.
    func digest(at offset: Int) -> SHA256Digest {
        // SAFETY: `bytes(_:)` checks the range; the digest copies it.
        unsafe SHA256Digest(bytes(offset..<offset + SHA256Digest.byteCount))
    }

    /// The first byte of a range that is not zero.
    func firstNonzero(in range: Range<Int>) -> Int? {
        // SAFETY: `bytes(_:)` checks the range; the pointer does not leave this function.
        let region = unsafe bytes(range)
        var position = 0
        while position + 8 <= region.count,
            unsafe region.loadUnaligned(fromByteOffset: position, as: UInt64.self) == 0
        {
            position += 8
        }
        while position < region.count {
            if unsafe region[position] != 0 { return range.lowerBound + position }
            position += 1
        }
        return nil
    }
}

import Glibc

/// A regular file, mapped read-only for as long as the object lives.
///
/// If another process truncates the file while it is mapped, reading the lost part raises SIGBUS. Files should
/// therefore be replaced by renaming, never rewritten in place.
@safe
public final class MappedFile: @unchecked Sendable {
    // SAFETY: `bytes` is immutable memory that only `deinit` frees, so that any thread may read it.

    /// The path of the file, for messages.
    public let path: String
    public let byteCount: Int
    @usableFromInline let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Maps the file at `path`. Refuses devices, directories and FIFOs, without blocking.
    public convenience init(opening path: String) throws(MappingError) {
        let descriptor = retryingInterrupts { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw .system(SystemFailure(.open, path)) }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Maps an open file; `path` is for messages. The descriptor may be closed afterwards.
    public init(descriptor: Int32, path: String) throws(MappingError) {
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(SystemFailure(.status, path)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
        let count = Int(status.st_size)
        self.path = path
        byteCount = count
        if count == 0 {
            // The system cannot map an empty file.
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            isMapped = false
            return
        }
        // SAFETY: a new read-only mapping of an open file; its address and length are kept together in `bytes`.
        let address = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw .system(SystemFailure(.map, path))
        }
        unsafe bytes = UnsafeRawBufferPointer(start: address, count: count)
        isMapped = true
        MappedRegions.add(address: UInt(bitPattern: address), byteCount: count, path: path)
    }

    /// Copies the contents of a file that does not exist, for tests.
    package init(contents: [UInt8], path: String = "memory") {
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
            unsafe MappedRegions.remove(address: UInt(bitPattern: bytes.baseAddress))
            _ = unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            unsafe bytes.deallocate()
        }
    }

    /// Returns the bytes of a range, which must be within the file. They are valid while the object lives.
    public func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        // SAFETY: the precondition keeps the slice inside the mapping.
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// Returns the little-endian integer at an offset. Inlinable, so that it is specialized in the modules that parse.
    @inlinable public func integer<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size)
        // SAFETY: the precondition bounds the load, which needs no alignment.
        return unsafe Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// Returns the offset of the first byte of a range that is not zero; nil if all are zero.
    public func firstNonzero(in range: Range<Int>) -> Int? {
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

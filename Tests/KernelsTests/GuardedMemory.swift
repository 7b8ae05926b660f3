import Glibc

/// Bytes between two guards, which detect kernels that write outside.
///
/// All bits of the guards are 1, which is NaN in every element type, so that a value that is read outside by mistake
/// changes the result too. By default the bytes start one element after a 64-byte boundary.
@safe final class GuardedMemory {
    static let guardSize = 128
    private static let guardByte: UInt8 = 0xFF
    /// As many bytes as both guards have.
    private static let untouched = [UInt8](repeating: guardByte, count: 2 * guardSize)

    let byteCount: Int
    private let allocation: UnsafeMutableRawBufferPointer
    let start: UnsafeMutableRawPointer

    init(byteCount: Int, misalignment: Int) {
        precondition(misalignment < Self.guardSize)
        self.byteCount = byteCount
        let total = 2 * Self.guardSize + byteCount
        // SAFETY: `start` and the `byteCount` bytes after it lie within the allocation, which lives as long as self.
        unsafe allocation = .allocate(byteCount: total, alignment: 64)
        unsafe allocation.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
        unsafe start = allocation.baseAddress.unsafelyUnwrapped + Self.guardSize - 64 + misalignment
    }

    convenience init(floatCount: Int, misalignment: Int = 4) {
        self.init(byteCount: floatCount * 4, misalignment: misalignment)
    }

    convenience init(_ values: [Float], misalignment: Int = 4) {
        self.init(floatCount: values.count, misalignment: misalignment)
        // SAFETY: the memory holds `values.count` floats and does not overlap an array.
        unsafe values.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount).copyMemory(from: source)
        }
    }

    deinit {
        // SAFETY: allocated by init, and nothing outlives self.
        unsafe allocation.deallocate()
    }

    var floats: UnsafeMutablePointer<Float> {
        unsafe start.assumingMemoryBound(to: Float.self)
    }

    /// The content as floats.
    var values: [Float] {
        // SAFETY: `start` is aligned for floats wherever this is used and `byteCount` bytes are initialized.
        unsafe Array(UnsafeBufferPointer(start: floats, count: byteCount / 4))
    }

    /// The content as 16-bit patterns.
    var halves: [UInt16] {
        // SAFETY: as `values`.
        unsafe Array(UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt16.self), count: byteCount / 2))
    }

    /// Whether the guards are unchanged.
    var isIntact: Bool {
        let base = unsafe UnsafeMutableRawPointer(allocation.baseAddress.unsafelyUnwrapped)
        let first = unsafe start - base
        let end = first + byteCount
        // SAFETY: reads the allocation, all of which is initialized. Neither guard is longer than `untouched`.
        return unsafe memcmp(base, Self.untouched, first) == 0
            && memcmp(base + end, Self.untouched, allocation.count - end) == 0
    }
}

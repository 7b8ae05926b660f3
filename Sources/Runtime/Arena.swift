import Glibc

/// The memory of a session: one anonymous mapping, divided into views by an `ArenaAllocator`.
///
/// Pages that are never touched use no memory, so buffers can be sized for the longest sequence.
@safe
final class Arena {
    let byteCount: Int
    // SAFETY: the start of a private mapping of `byteCount` bytes that only `deinit` unmaps.
    fileprivate let base: UnsafeMutableRawPointer

    /// Maps zeroed memory and divides it into the views that `body` allocates.
    ///
    /// Calls `body` twice: first with an allocator that only adds up the sizes, then with one that returns memory.
    ///
    /// - Throws: `sizeLimit` if a size or the total is above `ArenaAllocator.byteLimit`; `outOfMemory` if the system
    ///   refuses the mapping.
    static func allocate<Views>(
        _ body: (inout ArenaAllocator) throws(RuntimeError) -> Views
    ) throws(RuntimeError) -> (arena: Arena, views: Views) {
        var measuring = ArenaAllocator(nil)
        _ = try body(&measuring)
        let arena = try Arena(byteCount: max(measuring.byteCount, ArenaAllocator.alignment))
        var allocator = ArenaAllocator(arena)
        return (arena, try body(&allocator))
    }

    private init(byteCount: Int) throws(RuntimeError) {
        self.byteCount = byteCount
        // SAFETY: a new anonymous mapping aliases nothing; MAP_FAILED is -1.
        let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, Int(bitPattern: mapped) != -1 else {
            throw .outOfMemory(byteCount: byteCount)
        }
        unsafe base = mapped
    }

    deinit {
        // SAFETY: unmaps what `init` mapped; the session that owns the arena owns every view of it.
        unsafe munmap(base, byteCount)
    }
}

/// Allocates the views of an arena one after the other. Without an arena it only adds up their sizes.
@safe
struct ArenaAllocator {
    /// Views start at multiples of this many bytes: a cache line, which is also what kernels require of packed tokens.
    static let alignment = 64
    /// More than any supported machine has: 1 TiB.
    static let byteLimit = 1 << 40

    /// The size of all views so far.
    private(set) var byteCount = 0
    private let arena: Arena?

    fileprivate init(_ arena: Arena?) { self.arena = arena }

    /// Zeroed floats that no other view contains; their number is the product of `factors`.
    ///
    /// - Parameter what: the name of the buffer in errors.
    /// - Throws: `sizeLimit`.
    mutating func floats(_ what: String, _ factors: Int...) throws(RuntimeError) -> FloatView {
        let (start, count) = try reserve(what, factors, stride: MemoryLayout<Float>.stride)
        guard let memory = unsafe memory(at: start) else { return .empty }
        // SAFETY: the bytes belong to the arena, are aligned to 64, zero and thereby initialized, and are in one view.
        return unsafe FloatView(base: memory.bindMemory(to: Float.self, capacity: count), count: count)
    }

    /// Zeroed indices that no other view contains; as `floats`.
    mutating func indices(_ what: String, _ factors: Int...) throws(RuntimeError) -> IndexView {
        let (start, count) = try reserve(what, factors, stride: MemoryLayout<Int32>.stride)
        guard let memory = unsafe memory(at: start) else { return .empty }
        // SAFETY: as in `floats`.
        return unsafe IndexView(base: memory.bindMemory(to: Int32.self, capacity: count), count: count)
    }

    /// Reserves room for the product of `factors` elements of `stride` bytes.
    private mutating func reserve(
        _ what: String, _ factors: [Int], stride: Int
    ) throws(RuntimeError) -> (start: Int, count: Int) {
        var bytes = stride
        for factor in factors {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
            if overflow || product < 0 || product > Self.byteLimit { throw .sizeLimit(what: what) }
            bytes = product
        }
        let start = byteCount
        byteCount += (bytes + Self.alignment - 1) / Self.alignment * Self.alignment
        if byteCount > Self.byteLimit { throw .sizeLimit(what: what) }
        return (start, bytes / stride)
    }

    /// The address of the view that was reserved last; nil without an arena.
    @unsafe
    private func memory(at start: Int) -> UnsafeMutableRawPointer? {
        guard let arena else { return nil }
        precondition(byteCount <= arena.byteCount, "the second pass allocates more than the first measured")
        return unsafe arena.base + start
    }
}

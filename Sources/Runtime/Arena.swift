import Glibc

/// The memory of a session: one anonymous mapping, cut into views.
///
/// Pages that are never touched cost nothing, so that buffers can be sized for the longest sequence.
@safe
final class Arena {
    /// Views start at multiples of this many bytes: a cache line, and what the kernels ask of packed tokens.
    static let alignment = 64

    let byteCount: Int
    // SAFETY: the start of a private mapping of `byteCount` bytes that only `deinit` unmaps.
    private let base: UnsafeMutableRawPointer
    private var used = 0

    /// - Throws: `outOfMemory` if the system refuses the mapping.
    init(_ plan: ArenaPlan) throws(RuntimeError) {
        byteCount = max(plan.byteCount, Arena.alignment)
        // SAFETY: a fresh anonymous mapping aliases nothing; MAP_FAILED is -1.
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

    /// Zeroed floats that no other view holds.
    func floats(_ count: Int) -> FloatView {
        let memory = unsafe take(count * MemoryLayout<Float>.stride)
        // SAFETY: the bytes are the arena's, aligned to 64, zero and thereby initialized, and handed out once.
        return unsafe FloatView(base: memory.bindMemory(to: Float.self, capacity: count), count: count)
    }

    /// Zeroed indices that no other view holds.
    func indices(_ count: Int) -> IndexView {
        let memory = unsafe take(count * MemoryLayout<Int32>.stride)
        // SAFETY: as in `floats`.
        return unsafe IndexView(base: memory.bindMemory(to: Int32.self, capacity: count), count: count)
    }

    private func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        let start = used
        used += ArenaPlan.rounded(bytes)
        precondition(used <= byteCount, "the arena's plan is too small")
        return unsafe base + start
    }
}

/// Adds up the sizes of an arena's views, overflow-checked.
struct ArenaPlan {
    /// No machine that this runs on has more: 1 TiB.
    static let byteLimit = 1 << 40

    private(set) var byteCount = 0

    /// Reserves room for elements of four bytes: the product of `factors` of them.
    ///
    /// - Throws: `sizeLimit` if the total passes `byteLimit`.
    mutating func reserve(_ what: String, _ factors: Int...) throws(RuntimeError) {
        var bytes = MemoryLayout<Float>.stride
        for factor in factors {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
            if overflow || product < 0 || product > Self.byteLimit { throw .sizeLimit(what: what) }
            bytes = product
        }
        byteCount += Self.rounded(bytes)
        if byteCount > Self.byteLimit { throw .sizeLimit(what: what) }
    }

    static func rounded(_ bytes: Int) -> Int { (bytes + Arena.alignment - 1) / Arena.alignment * Arena.alignment }
}

/// A run of token indices in a session's memory; like `FloatView`.
@safe
struct IndexView: Sendable {
    // SAFETY: points to `count` initialized integers that live as long as the session.
    private nonisolated(unsafe) let base: UnsafeMutablePointer<Int32>
    let count: Int

    @unsafe
    init(base: UnsafeMutablePointer<Int32>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    subscript(index: Int) -> Int32 {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count)
            unsafe base[index] = newValue
        }
    }

    subscript(range: Range<Int>) -> IndexView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe IndexView(base: base + range.lowerBound, count: range.count)
    }

    /// The address of the first index; `minimumCount` indices from there on are the view's.
    @unsafe
    func pointer(minimumCount: Int) -> UnsafePointer<Int32> {
        precondition(minimumCount >= 0 && minimumCount <= count)
        return unsafe UnsafePointer(base)
    }
}

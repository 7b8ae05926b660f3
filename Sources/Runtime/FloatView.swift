/// A run of floats in a session's memory or in a mapped file.
///
/// Trivial: it is passed and sliced without reference counts, and says nothing about who owns the memory. Its owner
/// (`Arena`, `SkipFile`) outlives every view, and the workers of a session write to disjoint slices only. Indices are
/// checked, so that a mistake stops the program instead of touching other memory.
@safe
package struct FloatView: Sendable {
    // SAFETY: points to `count` initialized floats that live as long as the session or the model.
    private nonisolated(unsafe) let base: UnsafeMutablePointer<Float>
    package let count: Int

    /// - Precondition: `base` points to `count` floats that outlive the view.
    @unsafe
    package init(base: UnsafeMutablePointer<Float>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count)
            unsafe base[index] = newValue
        }
    }

    package subscript(range: Range<Int>) -> FloatView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe FloatView(base: base + range.lowerBound, count: range.count)
    }

    package subscript(range: PartialRangeFrom<Int>) -> FloatView { self[range.lowerBound..<count] }

    /// Row `index` of the view seen as rows of `width` floats.
    package func row(_ index: Int, width: Int) -> FloatView { self[index * width..<index * width + width] }

    /// The address of the first float; `minimumCount` floats from there on are the view's.
    @unsafe
    package func pointer(minimumCount: Int) -> UnsafeMutablePointer<Float> {
        precondition(minimumCount >= 0 && minimumCount <= count)
        return unsafe base
    }

    /// The address of the first float as one of pairs of bfloat16; `minimumCount` of them are the view's.
    @unsafe
    func pairs(minimumCount: Int) -> UnsafeMutablePointer<UInt32> {
        // SAFETY: as large and aligned as floats, and used by kernels only, which may read either as the other.
        unsafe UnsafeMutableRawPointer(pointer(minimumCount: minimumCount)).assumingMemoryBound(to: UInt32.self)
    }

    /// Overwrites the floats with those of a view of the same length elsewhere.
    func copy(from other: FloatView) {
        precondition(other.count == count)
        unsafe base.update(from: other.base, count: count)
    }

    /// Calls `body` with the floats.
    package func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(unsafe UnsafeBufferPointer(start: base, count: count).span)
    }
}

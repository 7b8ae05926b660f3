/// A range of floats in a session's memory or in a mapped file.
///
/// A plain value without references, so that it is passed and sliced without reference counting. It does not own the
/// memory: the owner (`Arena`, `SkipFile`) outlives every view. The workers of a session write to disjoint slices only.
/// Indices are checked, so that a mistake stops the program instead of accessing other memory.
@safe
package struct FloatView: Sendable {
    /// A view of no floats.
    static let empty = unsafe FloatView(base: UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped, count: 0)

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

    /// Row `index` when the view is divided into rows of `width` floats.
    package func row(_ index: Int, width: Int) -> FloatView { self[index * width..<index * width + width] }

    /// The address of the first float. The view contains at least `minimumCount` floats.
    @unsafe
    package func pointer(minimumCount: Int) -> UnsafeMutablePointer<Float> {
        precondition(minimumCount >= 0 && minimumCount <= count)
        return unsafe base
    }

    /// The address of the first float, as the address of pairs of bfloat16. The view contains at least `minimumCount`
    /// pairs.
    @unsafe
    func pairs(minimumCount: Int) -> UnsafeMutablePointer<UInt32> {
        // SAFETY: pairs have the size and alignment of floats, and only kernels, which may read either as the other,
        // use them.
        unsafe UnsafeMutableRawPointer(pointer(minimumCount: minimumCount)).assumingMemoryBound(to: UInt32.self)
    }

    /// Copies the floats of another view of the same length, which must not overlap.
    func copy(from other: FloatView) {
        precondition(other.count == count)
        unsafe base.update(from: other.base, count: count)
    }

    /// Calls `body` with the floats.
    package func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(unsafe UnsafeBufferPointer(start: base, count: count).span)
    }
}

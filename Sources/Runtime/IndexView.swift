/// A range of token indices in a session's memory; like `FloatView`.
@safe
struct IndexView: Sendable {
    /// A view of no indices.
    static let empty = unsafe IndexView(base: UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped, count: 0)

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

    /// The address of the first index. The view contains at least `minimumCount` indices.
    @unsafe
    func pointer(minimumCount: Int) -> UnsafePointer<Int32> {
        precondition(minimumCount >= 0 && minimumCount <= count)
        return unsafe UnsafePointer(base)
    }
}

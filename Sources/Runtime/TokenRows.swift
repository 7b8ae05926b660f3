/// Rows of activations, one for each token: the first rows of a buffer, or chosen ones. A plain value without
/// references.
struct TokenRows {
    private let input: FloatView
    /// The number of floats of a row.
    let width: Int
    /// The indices of the chosen rows; nil: the first rows.
    private let chosen: IndexView?
    let count: Int

    /// The first `count` rows of `input`.
    init(_ input: FloatView, width: Int, count: Int) {
        self.input = input
        self.width = width
        chosen = nil
        self.count = count
    }

    /// Rows `chosen` of `input`.
    init(_ input: FloatView, width: Int, chosen: IndexView) {
        self.input = input
        self.width = width
        self.chosen = chosen
        count = chosen.count
    }

    /// A range of the rows.
    subscript(range: Range<Int>) -> TokenRows {
        if let chosen { return TokenRows(input, width: width, chosen: chosen[range]) }
        return TokenRows(input[(range.lowerBound * width)...], width: width, count: range.count)
    }

    /// The address of row 0 of the buffer. Checks that the buffer contains all rows.
    @unsafe
    var pointer: UnsafePointer<Float> {
        precondition(count > 0)
        guard let chosen else { return unsafe UnsafePointer(input.pointer(minimumCount: count * width)) }
        for position in 0..<count { precondition((Int(chosen[position]) + 1) * width <= input.count) }
        return unsafe UnsafePointer(input.pointer(minimumCount: width))
    }

    /// The address of the indices of the chosen rows; nil: the first rows.
    @unsafe
    var indices: UnsafePointer<Int32>? { unsafe chosen?.pointer(minimumCount: count) }
}

/// A tensor whose elements lie at regular distances in a storage: a slice, a transposition, or the whole storage.
public struct StridedView: Equatable, Sendable {
    public let shape: TensorShape
    /// Distances between neighbours along each dimension, in elements; not negative, one per dimension.
    public let strides: [Int]
    /// Position of the first element, in elements.
    public let offset: Int

    public init(shape: TensorShape, strides: [Int], offset: Int = 0) {
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// The position after the last element; `offset` if there is none. Nil if `Int` cannot hold it.
    public var end: Int? {
        if shape.elementCount == 0 { return offset }
        var last = offset
        for (size, stride) in zip(shape.dimensions, strides) {
            let (reach, reachOverflows) = (size - 1).multipliedReportingOverflow(by: stride)
            let (next, overflows) = last.addingReportingOverflow(reach)
            if reachOverflows || overflows { return nil }
            last = next
        }
        return last == Int.max ? nil : last + 1
    }

    /// Whether the elements are row-major without gaps.
    public var isContiguous: Bool {
        if shape.elementCount == 0 { return true }
        var expected = 1
        for (size, stride) in zip(shape.dimensions, strides).reversed() {
            if size != 1, stride != expected { return false }
            expected *= size
        }
        return true
    }
}

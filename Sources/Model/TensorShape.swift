/// The dimensions of a tensor, outermost first.
public struct TensorShape: Hashable, Sendable {
    public let dimensions: [Int]

    /// The product of the dimensions; 1 for a scalar.
    public let elementCount: Int

    /// Creates a shape. Nil if a dimension is negative or if the product of any prefix of the dimensions overflows
    /// `Int`.
    public init?(_ dimensions: [Int]) {
        var product = 1
        for dimension in dimensions {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            if overflow || dimension < 0 { return nil }
            product = next
        }
        self.dimensions = dimensions
        elementCount = product
    }

    /// Returns a vector's shape. `length` must not be negative.
    public static func vector(_ length: Int) -> TensorShape {
        TensorShape(unchecked: [length], elementCount: length)
    }

    /// Returns a matrix's shape. The product must not overflow, which the limits of configurations guarantee.
    public static func matrix(_ rows: Int, _ columns: Int) -> TensorShape {
        TensorShape(unchecked: [rows, columns], elementCount: rows * columns)
    }

    private init(unchecked dimensions: [Int], elementCount: Int) {
        self.dimensions = dimensions
        self.elementCount = elementCount
    }

    /// Returns the shape of `count` rows of a matrix, or of `count` elements of a vector.
    public func slice(_ count: Int) -> TensorShape {
        let inner = dimensions.dropFirst()
        return TensorShape(unchecked: [count] + inner, elementCount: count * inner.reduce(1, *))
    }

    /// The number of rows: the first dimension of a matrix; a vector is one row.
    public var rowCount: Int { dimensions.count >= 2 ? dimensions[0] : 1 }

    /// The number of elements of one row.
    public var columnCount: Int { dimensions.count >= 2 ? dimensions[1...].reduce(1, *) : elementCount }
}

extension TensorShape: CustomStringConvertible {
    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

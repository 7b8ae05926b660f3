import COpenBLAS

/// Products of small dense matrices in float32, computed by OpenBLAS.
///
/// Every call runs on the calling thread only, because callers run on several threads already. The bits of a product
/// depend on the shapes and on the kernel that OpenBLAS chooses for the processor, never on the number of threads.
enum DenseProduct {
    /// A matrix in memory with rows of `stride` elements, used directly or transposed.
    @safe struct Operand {
        let values: UnsafePointer<Float>
        let stride: Int
        let isTransposed: Bool
    }

    /// `CompilationInputs.read` throws if there are adapters and OpenBLAS is not installed.
    private static var library: OpenBLAS {
        guard let library = OpenBLAS.loaded else { preconditionFailure("OpenBLAS is not installed") }
        return library
    }

    /// sum += scale · left · right, where sum is [rows, columns], left [rows, inner], right [inner, columns].
    static func add(
        _ scale: Float, _ left: Operand, _ right: Operand, to sum: UnsafeMutablePointer<Float>, rows: Int, inner: Int,
        columns: Int
    ) {
        // SAFETY: the operands have the sizes of their shapes, which were bounded when the headers were read.
        unsafe library.multiply(
            CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans,
            right.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), scale, left.values, blasint(left.stride), right.values,
            blasint(right.stride), 1, sum, blasint(columns))
    }

    /// Returns the Euclidean length of a vector, summed in double precision.
    static func length(_ values: UnsafePointer<Float>, count: Int) -> Float {
        // SAFETY: the vector has `count` elements.
        unsafe Float(library.dot(blasint(count), values, 1, values, 1).squareRoot())
    }

    /// values ·= factor.
    static func scale(_ values: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
        // SAFETY: as above.
        unsafe library.scale(blasint(count), factor, values, 1)
    }
}

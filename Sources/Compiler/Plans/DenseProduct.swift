import COpenBLAS

/// Products of small dense matrices in float32, by OpenBLAS.
///
/// Every call runs on the calling thread alone: the callers are the threads. The bits of a product depend on the kernel
/// that OpenBLAS chooses for the processor, and on the shapes; never on the number of threads.
enum DenseProduct {
    /// A matrix in memory: rows of `stride` elements, used as it stands or transposed.
    @safe struct Operand {
        let values: UnsafePointer<Float>
        let stride: Int
        let isTransposed: Bool
    }

    /// Whoever plans a product has made sure that OpenBLAS is there, see `MergedAdapter.productKernelName`.
    private static var library: OpenBLAS {
        guard let library = OpenBLAS.loaded else { preconditionFailure("OpenBLAS is not installed") }
        return library
    }

    /// sum += scale · left · right, where sum is [rows, columns], left [rows, inner], right [inner, columns].
    static func add(
        _ scale: Float, _ left: Operand, _ right: Operand, to sum: UnsafeMutablePointer<Float>, rows: Int, inner: Int,
        columns: Int
    ) {
        // SAFETY: the operands hold what their shapes say; sizes of tensors were bounded when their headers were read.
        unsafe library.multiply(
            CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans,
            right.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), scale, left.values, blasint(left.stride), right.values,
            blasint(right.stride), 1, sum, blasint(columns))
    }

    /// The Euclidean length of a vector, summed in double precision.
    static func length(_ values: UnsafePointer<Float>, count: Int) -> Float {
        // SAFETY: the vector holds `count` elements.
        unsafe Float(library.dot(blasint(count), values, 1, values, 1).squareRoot())
    }

    /// values ·= factor.
    static func scale(_ values: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
        // SAFETY: as above.
        unsafe library.scale(blasint(count), factor, values, 1)
    }
}

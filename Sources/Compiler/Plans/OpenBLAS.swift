import COpenBLAS
import Glibc

/// The functions of OpenBLAS, which is loaded for the first product.
///
/// OpenBLAS starts a thread per processor when it is loaded, and these poll for work for some milliseconds. It is
/// therefore not linked, so that a run without adapters does not load it. Products run on the calling thread only. A
/// program avoids the threads by setting `OPENBLAS_NUM_THREADS` to 1 before it starts threads of its own.
@safe struct OpenBLAS: Sendable {
    typealias Multiply =
        @convention(c) (
            CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float, UnsafePointer<Float>?,
            blasint, UnsafePointer<Float>?, blasint, Float, UnsafeMutablePointer<Float>?, blasint
        ) -> Void
    typealias Dot =
        @convention(c) (blasint, UnsafePointer<Float>?, blasint, UnsafePointer<Float>?, blasint) -> Double
    typealias Scale = @convention(c) (blasint, Float, UnsafeMutablePointer<Float>?, blasint) -> Void

    /// The address space that it takes for each thread that multiplies, at most. It is not all used.
    static let bufferByteCount = 128 << 20

    /// `cblas_sgemm`
    let multiply: Multiply
    /// `cblas_dsdot`
    let dot: Dot
    /// `cblas_sscal`
    let scale: Scale
    /// The kernels that it chose for this processor: `Haswell`, `SkylakeX` and others.
    let kernelName: String

    /// Nil if it is not installed.
    static let loaded: OpenBLAS? = OpenBLAS()

    private init?() {
        guard
            let library = unsafe dlopen("libopenblas.so.0", RTLD_NOW) ?? dlopen("libopenblas.so", RTLD_NOW),
            let multiply = unsafe dlsym(library, "cblas_sgemm"), let dot = unsafe dlsym(library, "cblas_dsdot"),
            let scale = unsafe dlsym(library, "cblas_sscal"),
            let kernelName = unsafe dlsym(library, "openblas_get_corename"),
            let setThreadCount = unsafe dlsym(library, "openblas_set_num_threads")
        else { return nil }
        // SAFETY: the types are those in OpenBLAS's header. The library is never unloaded.
        unsafe self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        unsafe self.dot = unsafeBitCast(dot, to: Dot.self)
        unsafe self.scale = unsafeBitCast(scale, to: Scale.self)
        typealias Name = @convention(c) () -> UnsafePointer<CChar>
        typealias SetThreadCount = @convention(c) (Int32) -> Void
        unsafe unsafeBitCast(setThreadCount, to: SetThreadCount.self)(1)
        // SAFETY: the name is a constant, null-terminated string.
        self.kernelName = unsafe String(cString: unsafeBitCast(kernelName, to: Name.self)())
    }
}

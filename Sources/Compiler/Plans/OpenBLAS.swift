import COpenBLAS
import Glibc

/// The functions of OpenBLAS, loaded when a product is first wanted.
///
/// Left to itself, OpenBLAS starts a thread for each processor when it is loaded, and for some milliseconds they look for
/// work without sleeping, beside the threads that convert or generate. It is therefore not linked, and told before it is
/// loaded to have no threads of its own: the callers are the threads.
@safe struct OpenBLAS: Sendable {
    typealias Multiply =
        @convention(c) (
            CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float, UnsafePointer<Float>?,
            blasint, UnsafePointer<Float>?, blasint, Float, UnsafeMutablePointer<Float>?, blasint
        ) -> Void
    typealias Dot =
        @convention(c) (blasint, UnsafePointer<Float>?, blasint, UnsafePointer<Float>?, blasint) -> Double
    typealias Scale = @convention(c) (blasint, Float, UnsafeMutablePointer<Float>?, blasint) -> Void

    /// `cblas_sgemm`
    let multiply: Multiply
    /// `cblas_dsdot`
    let dot: Dot
    /// `cblas_sscal`
    let scale: Scale
    /// The kernels that it chose for this processor: `Haswell`, `SkylakeX`, ….
    let kernelName: String

    /// Nil if it is not installed.
    static let loaded: OpenBLAS? = OpenBLAS()

    private init?() {
        // SAFETY: both are constants. Nothing else changes the environment, and the threads that may be reading it by now
        // look for other names.
        _ = unsafe setenv("OPENBLAS_NUM_THREADS", "1", 1)
        guard
            let library = unsafe dlopen("libopenblas.so.0", RTLD_NOW) ?? dlopen("libopenblas.so", RTLD_NOW),
            let multiply = unsafe dlsym(library, "cblas_sgemm"), let dot = unsafe dlsym(library, "cblas_dsdot"),
            let scale = unsafe dlsym(library, "cblas_sscal"),
            let kernelName = unsafe dlsym(library, "openblas_get_corename")
        else { return nil }
        // SAFETY: the types are those of the functions in OpenBLAS's header. The library is never unloaded.
        unsafe self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        unsafe self.dot = unsafeBitCast(dot, to: Dot.self)
        unsafe self.scale = unsafeBitCast(scale, to: Scale.self)
        typealias Name = @convention(c) () -> UnsafePointer<CChar>
        // SAFETY: the name is a constant, terminated string.
        self.kernelName = unsafe String(cString: unsafeBitCast(kernelName, to: Name.self)())
    }
}

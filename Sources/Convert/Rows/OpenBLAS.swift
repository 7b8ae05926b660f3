import COpenBLAS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The functions of OpenBLAS, loaded when a product is first wanted.
///
/// When it is loaded, OpenBLAS starts a thread for each processor, and for some milliseconds they look for work without
/// sleeping. Linked into the program it did so in every run, beside the threads that convert or generate.
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
        guard
            let library = unsafe dlopen("libopenblas.so.0", RTLD_NOW) ?? dlopen("libopenblas.so", RTLD_NOW),
            let multiply = unsafe dlsym(library, "cblas_sgemm"), let dot = unsafe dlsym(library, "cblas_dsdot"),
            let scale = unsafe dlsym(library, "cblas_sscal"),
            let kernelName = unsafe dlsym(library, "openblas_get_corename"),
            let setThreadCount = unsafe dlsym(library, "openblas_set_num_threads")
        else { return nil }
        // SAFETY: the types are those of the functions in OpenBLAS's header. The library is never unloaded.
        unsafe self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        unsafe self.dot = unsafeBitCast(dot, to: Dot.self)
        unsafe self.scale = unsafeBitCast(scale, to: Scale.self)
        typealias Name = @convention(c) () -> UnsafePointer<CChar>
        // SAFETY: the name is a constant, terminated string.
        self.kernelName = unsafe String(cString: unsafeBitCast(kernelName, to: Name.self)())
        // The callers are the threads.
        typealias SetThreadCount = @convention(c) (CInt) -> Void
        unsafe unsafeBitCast(setThreadCount, to: SetThreadCount.self)(1)
    }
}

import COpenBLAS
import Glibc

/// The functions of OpenBLAS, which is loaded for the first product.
///
/// OpenBLAS starts a thread per processor when it is loaded, and these poll for work for some milliseconds. It is
/// therefore not linked, so that a run without adapters does not load it. Products run on the calling thread only. A
/// program avoids the threads by setting `OPENBLAS_NUM_THREADS` to 1 before it starts threads of its own.
@safe package struct OpenBLAS: Sendable {
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
    /// The kernels that it chose for this processor: `Haswell`, `SkylakeX` and others.
    package let kernelName: String
    /// Its version, such as `0.3.21`.
    package let version: String

    /// The address space that loading the library needs, in bytes.
    static let libraryByteCount = 64 << 20
    /// The address space that the first product of a thread needs, in bytes. If the system refuses it, OpenBLAS 0.3 tries
    /// for ever, so that it must be requested before.
    static let bufferByteCount = 160 << 20

    /// Nil if it is not installed.
    package static let loaded: OpenBLAS? = OpenBLAS()

    private init?() {
        guard
            let library = unsafe dlopen("libopenblas.so.0", RTLD_NOW) ?? dlopen("libopenblas.so", RTLD_NOW),
            let multiply = unsafe dlsym(library, "cblas_sgemm"), let dot = unsafe dlsym(library, "cblas_dsdot"),
            let scale = unsafe dlsym(library, "cblas_sscal"),
            let kernelName = unsafe dlsym(library, "openblas_get_corename"),
            let configuration = unsafe dlsym(library, "openblas_get_config"),
            let setThreadCount = unsafe dlsym(library, "openblas_set_num_threads")
        else { return nil }
        // SAFETY: the types are those in OpenBLAS's header. The library is never unloaded.
        unsafe self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        unsafe self.dot = unsafeBitCast(dot, to: Dot.self)
        unsafe self.scale = unsafeBitCast(scale, to: Scale.self)
        typealias Text = @convention(c) () -> UnsafePointer<CChar>
        typealias SetThreadCount = @convention(c) (Int32) -> Void
        unsafe unsafeBitCast(setThreadCount, to: SetThreadCount.self)(1)
        // SAFETY: both texts are null-terminated and never freed.
        self.kernelName = unsafe String(cString: unsafeBitCast(kernelName, to: Text.self)())
        let words = unsafe String(cString: unsafeBitCast(configuration, to: Text.self)()).split(separator: " ")
        // "OpenBLAS 0.3.21 DYNAMIC_ARCH …"
        version = words.count > 1 ? String(words[1]) : "of unknown version"
    }
}

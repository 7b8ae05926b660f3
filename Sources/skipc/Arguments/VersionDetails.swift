import SkipCompiler
import SkipFiles

/// What `--version` prints of the libraries that skipc loads.
enum VersionDetails {
    /// The version that ArgumentParser prints. `ErrorExit` replaces it, because OpenBLAS is only loaded if the version is
    /// requested.
    static let parserText = ToolVersion.text

    static func lines() -> [(key: String, value: String)] {
        let library = OpenBLAS.loaded.map { "\($0.version), kernels for \($0.kernelName)" }
        return [("OpenBLAS", library ?? "not installed; only adapters need it (Debian: libopenblas0)")]
    }
}

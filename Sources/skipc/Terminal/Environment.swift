import Glibc
import SkipDiagnostics
import SkipFiles
import SkipRuntime

/// The environment variables that skipc reads.
enum Environment {
    /// The directory for temporary files.
    static var temporaryDirectory: String {
        value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? TemporaryFile.standardDirectory
    }

    /// The kernels and the activation precision that `SKIPC_ISA` and `SKIPC_ACTIVATION_BITS` force.
    static func runtimeChoices() throws(RuntimeFailure) -> RuntimeChoices {
        do {
            return try RuntimeChoices(
                instructionSet: value(RuntimeChoices.instructionSetVariable),
                activationBits: value(RuntimeChoices.activationBitsVariable))
        } catch {
            throw RuntimeFailure(path: "", error: error)
        }
    }

    /// What a standard stream can show.
    static func features(of stream: StandardStream) -> TerminalFeatures {
        TerminalFeatures(isTerminal: stream.isTerminal, environment: value)
    }

    /// Prevents OpenBLAS from starting threads when it is loaded, because its callers already run on several threads.
    static func disableOpenBLASThreads() {
        // SAFETY: called before other threads start; both texts are constants.
        _ = unsafe setenv("OPENBLAS_NUM_THREADS", "1", 1)
    }

    /// Returns the value of a variable.
    static func value(_ name: String) -> String? {
        // SAFETY: nothing changes the environment after the start; the value is copied at once.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

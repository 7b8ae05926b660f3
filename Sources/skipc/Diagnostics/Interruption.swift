import Glibc
import Synchronization

/// SIGINT, SIGTERM or SIGHUP during an operation that must clean up. The handler records the signal. The operation
/// stops at its next step and cleans up. The signal is then raised again, so that the shell sees why the process ended.
struct Interruption: Error {
    let signal: Int32

    private static let received = Atomic<Int32>(0)

    /// Records the three signals from now on, so that they no longer end the process.
    static func startRecording() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // The handler only stores to a lock-free atomic, which is safe in a signal handler.
            _ = Glibc.signal(signal) { Interruption.received.store($0, ordering: .relaxed) }
        }
    }

    /// Ignores SIGXFSZ, so that a file beyond the shell's size limit is an error of `write`.
    static func ignoreFileSizeSignal() { _ = Glibc.signal(SIGXFSZ, SIG_IGN) }

    /// The signal that arrived, if one did.
    static var pending: Interruption? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : Interruption(signal: signal)
    }

    /// Ends the process by the signal itself.
    func raiseAgain() -> Never {
        _ = Glibc.signal(signal, SIG_DFL)
        raise(signal)
        exit(128 + signal)
    }
}

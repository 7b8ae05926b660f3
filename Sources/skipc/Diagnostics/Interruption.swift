import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP while something must be tidied up: the signal is noted, the work stops at its next step,
/// cleans up, and the signal is raised again so that the shell sees how the process ended.
struct Interruption: Error {
    let signal: Int32

    private static let received = Atomic<Int32>(0)

    /// From now on the three signals are noted instead of ending the process.
    static func startNoting() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // The handler only stores to a lock-free atomic, which is safe in a signal handler.
            _ = Glibc.signal(signal) { Interruption.received.store($0, ordering: .relaxed) }
        }
    }

    /// A file that grows beyond the limit of the shell is then an error of `write`, not the end of the process.
    static func ignoreFileSizeSignal() { _ = Glibc.signal(SIGXFSZ, SIG_IGN) }

    /// The signal that arrived, if one did.
    static var pending: Interruption? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : Interruption(signal: signal)
    }

    /// Ends the process by the signal itself.
    func raiseAgain() -> Never {
        // Restoring the default action.
        _ = Glibc.signal(signal, SIG_DFL)
        raise(signal)
        exit(128 + signal)
    }
}

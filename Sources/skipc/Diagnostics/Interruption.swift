import Glibc
import Synchronization

/// A signal that would end the process during an operation that must clean up. The handler records the signal. The operation
/// stops at its next step and cleans up. The signal is then raised again, so that the shell sees why the process ended.
struct Interruption: Error {
    let signal: Int32

    private static let received = Atomic<Int32>(0)

    /// The signals that end a process unless it handles them, and that a user or a system sends.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2]

    /// Records the signals from now on, so that they no longer end the process. Those that the parent process ignores
    /// stay ignored, as for `nohup`.
    static func startRecording() {
        // The handler only stores to a lock-free atomic, which is safe in a signal handler.
        handleSignals { Interruption.received.store($0, ordering: .relaxed) }
    }

    /// Lets the signals end the process again. Ends it now if one has arrived.
    static func stopRecording() {
        handleSignals(by: SIG_DFL)
        pending?.raiseAgain()
    }

    private static func handleSignals(by handler: (@convention(c) (Int32) -> Void)?) {
        for signal in signals {
            var action = sigaction()
            // SAFETY: the call fills the struct that it is passed.
            _ = unsafe sigaction(signal, nil, &action)
            if !isIgnored(action) { _ = Glibc.signal(signal, handler) }
        }
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        guard let handler = unsafe action.__sigaction_handler.sa_handler else { return false }
        // SAFETY: only the bits of the pointers are compared; SIG_IGN is the value 1.
        return unsafe unsafeBitCast(handler, to: Int.self) == 1
    }

    /// Ignores SIGPIPE while `body` runs, so that a reader of the progress that ends does not end the process before it
    /// has cleaned up.
    static func ignoringClosedPipes<Result>(_ body: () throws -> Result) rethrows -> Result {
        let previous = Glibc.signal(SIGPIPE, SIG_IGN)
        defer { _ = Glibc.signal(SIGPIPE, previous) }
        return try body()
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

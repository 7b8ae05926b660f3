import Glibc

/// Threads for one job. They block all signals, so that the calling thread receives them.
package enum WorkerThreads {
    /// Runs `body` on up to `count` threads, including the calling one, and waits for all. `body` must do the whole job
    /// even if only one thread runs it, because the system may refuse more.
    package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        var threads: [pthread_t] = []
        withSignalsBlocked {
            for _ in 1..<max(1, count) {
                guard let thread = start(body) else { break }
                threads.append(thread)
            }
        }
        body()
        for thread in threads {
            pthread_join(thread, nil)
        }
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        var thread = pthread_t()
        let job = unsafe Unmanaged.passRetained(Job(body))
        // SAFETY: the retained job is taken over by the new thread, or released here if there is none.
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            job.toOpaque()
        )
        guard result == 0 else {
            unsafe job.release()
            return nil
        }
        return thread
    }

    /// Blocks signals while `body` starts threads, which inherit the mask. Faults are not blocked, because their
    /// handlers must run on the thread that faults.
    private static func withSignalsBlocked(_ body: () -> Void) {
        var blocked = sigset_t()
        var previous = sigset_t()
        // SAFETY: both sets are local and initialized by the calls.
        unsafe sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { _ = unsafe sigdelset(&blocked, fault) }
        _ = unsafe pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        body()
        _ = unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
    }
}

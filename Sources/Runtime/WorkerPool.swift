import Glibc
import Synchronization

/// The threads that compute together: the caller and `threadCount - 1` others, which are started once.
///
/// A job is a plain function that every worker calls with its own index (the caller is worker 0). In a job, `barrier`
/// separates phases: after it, every worker sees what the others wrote before it. Neither jobs nor barriers allocate.
final class WorkerPool: Sendable {
    /// - Parameters: the job's context and the worker's index.
    typealias Job = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

    /// The largest `threadCount`.
    static let threadLimit = 1024

    let threadCount: Int
    private let team: Team
    private let threads: [pthread_t]

    /// - Throws: `threadStartFailed`; `optionOutOfRange` if `threadCount` is not in 1 to `threadLimit`.
    init(threadCount: Int) throws(RuntimeError) {
        guard (1...Self.threadLimit).contains(threadCount) else { throw .optionOutOfRange(option: "threadCount") }
        let team = Team(workerCount: threadCount)
        var threads: [pthread_t] = []
        for index in 1..<max(threadCount, 1) {
            do {
                threads.append(try Self.start(index, of: team))
            } catch {
                Self.stop(threads, of: team)
                throw error
            }
        }
        self.threadCount = threadCount
        self.team = team
        self.threads = threads
    }

    deinit { Self.stop(threads, of: team) }

    /// Runs `job` on every worker and returns when all are done. Not reentrant: one job at a time.
    func run(_ job: Job, context: UnsafeMutableRawPointer) {
        // SAFETY: all workers have reached the last barrier of the previous job, and they read the next job only after
        // `advance`, which publishes it.
        unsafe team.job = job
        unsafe team.context = context
        if threadCount > 1 { team.start.advance() }
        unsafe job(context, 0)
        team.barrier.wait()
    }

    /// Waits until every worker of the job has called it.
    func barrier() { team.barrier.wait() }

    /// Returns the part of `0..<count` of a worker, in blocks of `granularity`.
    func share(of count: Int, granularity: Int = 1, worker: Int) -> Range<Int> {
        let blocks = (count + granularity - 1) / granularity
        let first = blocks * worker / threadCount * granularity
        let next = blocks * (worker + 1) / threadCount * granularity
        return min(first, count)..<min(next, count)
    }

    private static func start(_ index: Int, of team: Team) throws(RuntimeError) -> pthread_t {
        let argument = unsafe Unmanaged.passRetained(ThreadArgument(team: team, index: index))
        var thread = pthread_t()
        // SAFETY: the argument is retained for the thread, which releases it; without a thread it is released here.
        let code = unsafe pthread_create(&thread, nil, { unsafe WorkerPool.work($0) }, argument.toOpaque())
        if code != 0 {
            unsafe argument.release()
            throw .threadStartFailed(code: code)
        }
        return thread
    }

    private static func stop(_ threads: [pthread_t], of team: Team) {
        unsafe team.job = nil
        team.start.advance()
        for thread in threads { pthread_join(thread, nil) }
    }

    private static func work(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer = unsafe pointer else { return nil }
        // SAFETY: the pointer is the object that `start` retained for this thread.
        let argument = unsafe Unmanaged<ThreadArgument>.fromOpaque(pointer).takeRetainedValue()
        let team = argument.team
        var generation = 0
        while true {
            generation = team.start.wait(past: generation)
            // SAFETY: written before `start` advanced, and not again before this worker reaches the barrier.
            guard let job = unsafe team.job, let context = unsafe team.context else { return nil }
            unsafe job(context, argument.index)
            team.barrier.wait()
        }
    }

    /// The argument of a thread.
    private final class ThreadArgument: Sendable {
        let team: Team
        let index: Int

        init(team: Team, index: Int) {
            self.team = team
            self.index = index
        }
    }

    /// The state that the workers share.
    @safe
    private final class Team: Sendable {
        let start = Gate()
        let barrier: Barrier
        // SAFETY: `run` writes it while no worker reads it; see there.
        nonisolated(unsafe) var job: Job?
        nonisolated(unsafe) var context: UnsafeMutableRawPointer?

        init(workerCount: Int) { barrier = Barrier(workerCount: workerCount) }
    }
}

import Glibc
import Synchronization

/// The threads that compute together: the caller and `threadCount - 1` others, started once.
///
/// A job is a plain function that every worker runs with its own index (the caller is worker 0). Inside a job `barrier`
/// separates phases: what a worker wrote before it, every worker sees after it. How workers wait is
/// `Gate`'s affair. Neither jobs nor barriers allocate.
final class WorkerPool: Sendable {
    /// - Parameters: the job's context and the worker's index.
    typealias Job = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

    /// More threads than any machine of today has cores: a limit for the numbers that users give.
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
        // SAFETY: the workers of the previous job have passed its last barrier, and those of this one read the job only
        // after `advance`, which publishes it.
        unsafe team.job = job
        unsafe team.context = context
        if threadCount > 1 { team.start.advance() }
        unsafe job(context, 0)
        team.barrier.wait()
    }

    /// Waits, within a job, until every worker has come here.
    func barrier() { team.barrier.wait() }

    /// The part of `0..<count` that a worker takes, in blocks of `granularity`.
    func share(of count: Int, granularity: Int = 1, worker: Int) -> Range<Int> {
        let blocks = (count + granularity - 1) / granularity
        let first = blocks * worker / threadCount * granularity
        let next = blocks * (worker + 1) / threadCount * granularity
        return min(first, count)..<min(next, count)
    }

    private static func start(_ index: Int, of team: Team) throws(RuntimeError) -> pthread_t {
        let seat = unsafe Unmanaged.passRetained(Seat(team: team, index: index))
        var thread = pthread_t()
        // SAFETY: the seat is retained for the thread, which releases it; if there is none, it is released here.
        let code = unsafe pthread_create(&thread, nil, { unsafe WorkerPool.work($0) }, seat.toOpaque())
        if code != 0 {
            unsafe seat.release()
            throw .threadStartFailed(code: code)
        }
        return thread
    }

    private static func stop(_ threads: [pthread_t], of team: Team) {
        unsafe team.job = nil
        team.start.advance()
        for thread in threads { pthread_join(thread, nil) }
    }

    private static func work(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // SAFETY: the argument is the seat that `start` retained for this thread.
        let seat = unsafe Unmanaged<Seat>.fromOpaque(argument).takeRetainedValue()
        let team = seat.team
        var generation = 0
        while true {
            generation = team.start.wait(past: generation)
            // SAFETY: written before `start` advanced, and not again before this worker reaches the barrier.
            guard let job = unsafe team.job, let context = unsafe team.context else { return nil }
            unsafe job(context, seat.index)
            team.barrier.wait()
        }
    }

    /// What a thread is given when it starts.
    private final class Seat: Sendable {
        let team: Team
        let index: Int

        init(team: Team, index: Int) {
            self.team = team
            self.index = index
        }
    }

    /// What the workers share.
    @safe
    private final class Team: Sendable {
        let start = Gate()
        let barrier: Barrier
        // SAFETY: written by the caller of `run` while no worker reads; see there.
        nonisolated(unsafe) var job: Job?
        nonisolated(unsafe) var context: UnsafeMutableRawPointer?

        init(workerCount: Int) { barrier = Barrier(workerCount: workerCount) }
    }
}

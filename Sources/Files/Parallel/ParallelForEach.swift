import Synchronization

/// Why `parallelForEach` did not finish.
public enum ParallelFailure<Failure: Error>: Error {
    /// The error of the lowest index whose work failed, which is the same for any number of threads.
    case failed(Failure)
    /// `isCancelled` returned true.
    case cancelled
}

/// Calls `body` once for each index in `0..<count` on up to `threadCount` threads, and returns when all calls are done.
///
/// Indices start in ascending order. Each thread creates its own state with `makeState` and passes it to every call, so
/// that buffers are reused without locks. After a failure no higher index starts, but lower ones still run to their
/// end, so that the error thrown does not depend on the number of threads. `isCancelled` is called from any thread
/// before each index and after a failure. A failure of cancelled work is not reported, because it may be the way in
/// which `body` ends early.
public func parallelForEach<State: ~Copyable, Failure: Error>(
    _ count: Int, threadCount: Int, isCancelled: (@Sendable () -> Bool)? = nil,
    makeState: @escaping @Sendable () -> State,
    _ body: @escaping @Sendable (Int, inout State) throws(Failure) -> Void
) throws(ParallelFailure<Failure>) {
    let job = ParallelJob(count: count, isCancelled: isCancelled, makeState: makeState, body: body)
    WorkerThreads.run(min(threadCount, max(count, 1))) { job.work() }
    if job.wasCancelled.load(ordering: .relaxed) { throw .cancelled }
    if let failure = job.firstFailure.withLock({ $0 }) { throw .failed(failure.error) }
}

/// Calls `body` once for each index, without state per thread.
public func parallelForEach<Failure: Error>(
    _ count: Int, threadCount: Int, isCancelled: (@Sendable () -> Bool)? = nil,
    _ body: @escaping @Sendable (Int) throws(Failure) -> Void
) throws(ParallelFailure<Failure>) {
    try parallelForEach(count, threadCount: threadCount, isCancelled: isCancelled, makeState: { () }) {
        (index, _: inout Void) throws(Failure) in try body(index)
    }
}

/// The shared state of the threads of one `parallelForEach`.
private final class ParallelJob<State: ~Copyable, Failure: Error>: Sendable {
    private let count: Int
    private let isCancelled: (@Sendable () -> Bool)?
    private let makeState: @Sendable () -> State
    private let body: @Sendable (Int, inout State) throws(Failure) -> Void
    private let nextIndex = Atomic<Int>(0)
    /// The index of `firstFailure`; `Int.max` without one.
    private let failedIndex = Atomic<Int>(.max)
    let wasCancelled = Atomic<Bool>(false)
    let firstFailure = Mutex<(index: Int, error: Failure)?>(nil)

    init(
        count: Int, isCancelled: (@Sendable () -> Bool)?, makeState: @escaping @Sendable () -> State,
        body: @escaping @Sendable (Int, inout State) throws(Failure) -> Void
    ) {
        self.count = count
        self.isCancelled = isCancelled
        self.makeState = makeState
        self.body = body
    }

    /// Takes indices until none is left, the work is cancelled, or a lower index has failed.
    func work() {
        var state = makeState()
        while true {
            let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count, index < failedIndex.load(ordering: .relaxed) else { return }
            if isCancelled?() == true { wasCancelled.store(true, ordering: .relaxed) }
            if wasCancelled.load(ordering: .relaxed) { return }
            do throws(Failure) {
                try body(index, &state)
            } catch {
                record(error, at: index)
            }
        }
    }

    private func record(_ error: Failure, at index: Int) {
        if isCancelled?() == true { wasCancelled.store(true, ordering: .relaxed) }
        firstFailure.withLock { first in
            if let first, first.index < index { return }
            first = (index, error)
            failedIndex.store(index, ordering: .relaxed)
        }
    }
}

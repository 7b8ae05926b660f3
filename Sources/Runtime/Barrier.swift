import Glibc
import Synchronization

/// Lets a fixed number of workers wait for each other, again and again.
final class Barrier: Sendable {
    private let workerCount: Int
    private let arrived = Padded()
    private let gate = Gate()

    init(workerCount: Int) { self.workerCount = workerCount }

    func wait() {
        if workerCount == 1 { return }
        let generation = gate.generation
        if arrived.value.add(1, ordering: .acquiringAndReleasing).newValue == workerCount {
            arrived.value.store(0, ordering: .relaxed)
            gate.advance()
        } else {
            gate.wait(past: generation)
        }
    }
}

/// A counter that only grows, and whose growth can be waited for.
///
/// Most waits are shorter than a microsecond, and waking a sleeper costs more than that: a waiting thread first looks
/// again and again, then lets others run between two looks, and sleeps only if the wait is long. With sleep right after
/// the first looks, decoding was a tenth to a quarter slower; looking without letting others run, it nearly stopped where
/// other programs needed the processors, because then the awaited thread cannot run.
@safe
final class Gate: Sendable {
    /// Looks without a pause: about a microsecond.
    private static let spinCount = 1000
    /// Looks with a pause for others: about a millisecond where no other program runs.
    private static let yieldCount = 2000

    private let counter = Padded()
    private let sleeperCount = Padded()
    // SAFETY: allocated and initialized by `init`, destroyed by `deinit`, used only through the pthread functions.
    private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private nonisolated(unsafe) let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    var generation: Int { counter.value.load(ordering: .acquiring) }

    /// Lets all waiting threads pass. What was written before is visible to them.
    func advance() {
        // Both sides are sequentially consistent: either this thread sees the sleeper's registration, or the sleeper
        // sees the new count before it sleeps.
        counter.value.add(1, ordering: .sequentiallyConsistent)
        guard sleeperCount.value.load(ordering: .sequentiallyConsistent) > 0 else { return }
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Returns the generation once it differs from `old`.
    @discardableResult
    func wait(past old: Int) -> Int {
        for look in 0..<Self.spinCount + Self.yieldCount {
            let current = counter.value.load(ordering: .acquiring)
            if current != old { return current }
            if look >= Self.spinCount { sched_yield() }
        }
        return sleep(while: old)
    }

    /// Sleeps until the generation differs from `old`, and returns it.
    private func sleep(while old: Int) -> Int {
        unsafe pthread_mutex_lock(mutex)
        sleeperCount.value.add(1, ordering: .sequentiallyConsistent)
        var current = counter.value.load(ordering: .sequentiallyConsistent)
        while current == old {
            unsafe pthread_cond_wait(condition, mutex)
            current = counter.value.load(ordering: .sequentiallyConsistent)
        }
        sleeperCount.value.subtract(1, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_unlock(mutex)
        return current
    }
}

/// An atomic counter alone on its cache lines: its writers do not slow the readers of its neighbours.
private struct Padded: ~Copyable, Sendable {
    private let before = InlineArray<15, Int>(repeating: 0)
    let value = Atomic<Int>(0)
    private let after = InlineArray<15, Int>(repeating: 0)
}

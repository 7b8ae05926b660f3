import Glibc
import Synchronization

/// A counter that only increases, and threads that wait for the next increase.
///
/// Most waits are shorter than a microsecond, and waking a sleeping thread takes longer. A waiting thread therefore
/// polls, then polls and yields the processor, and sleeps only if the wait is long. Without the yielding polls,
/// decoding was 10 to 25 % slower. With polls that never yield, it nearly stopped on a busy machine, because the
/// awaited thread could not run.
@safe
final class Gate: Sendable {
    /// Polls without a pause: about 1 µs.
    private static let spinCount = 1000
    /// Polls that yield the processor: about 1 ms on an idle machine.
    private static let yieldCount = 2000

    private let counter = PaddedCounter()
    private let sleeperCount = PaddedCounter()
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

    /// Releases all waiting threads. They see everything that this thread wrote before.
    func advance() {
        // Both sides are sequentially consistent: either this thread sees that the sleeper is registered, or the
        // sleeper sees the new count before it sleeps.
        counter.value.add(1, ordering: .sequentiallyConsistent)
        guard sleeperCount.value.load(ordering: .sequentiallyConsistent) > 0 else { return }
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits until the generation differs from `old`, and returns it.
    @discardableResult
    func wait(past old: Int) -> Int {
        for poll in 0..<Self.spinCount + Self.yieldCount {
            let current = counter.value.load(ordering: .acquiring)
            if current != old { return current }
            if poll >= Self.spinCount { sched_yield() }
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

/// An atomic counter that shares its cache lines with nothing, so that writes to it do not slow down other readers.
struct PaddedCounter: ~Copyable, Sendable {
    private let before = InlineArray<15, Int>(repeating: 0)
    let value = Atomic<Int>(0)
    private let after = InlineArray<15, Int>(repeating: 0)
}

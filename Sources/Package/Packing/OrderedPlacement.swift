import Glibc

/// Assigns consecutive positions to the results of parallel work, in the order of their indices. So the output does not
/// depend on the number of threads, and results are written without being collected.
@safe final class OrderedPlacement: @unchecked Sendable {
    // SAFETY: all properties are only used while `mutex` is locked. The mutex and the condition are allocated once and
    // freed by `deinit`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var nextIndex = 0
    private var end: Int
    /// No index from here on is placed.
    private var stoppedIndex = Int.max

    init(start: Int) {
        end = start
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// The end of everything that was placed.
    var byteCount: Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return end
    }

    /// Waits until all lower indices have been placed, and returns the position of this one; nil if a lower one will
    /// never be placed.
    func place(_ index: Int, byteCount: Int) -> Int? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while nextIndex != index, index < stoppedIndex { unsafe pthread_cond_wait(condition, mutex) }
        if nextIndex != index { return nil }
        let start = end
        end += byteCount
        nextIndex += 1
        unsafe pthread_cond_broadcast(condition)
        return start
    }

    /// Ends the waiting for `index`, which will never be placed.
    func stop(at index: Int) {
        unsafe pthread_mutex_lock(mutex)
        stoppedIndex = min(stoppedIndex, index)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }
}

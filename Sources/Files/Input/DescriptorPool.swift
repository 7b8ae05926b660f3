import Glibc
import Synchronization

/// The descriptors of input files. Only a limited number is open at a time, so that a checkpoint may have any number of
/// shards: the one that was not used for the longest time is closed, and its file opens it again when it is read.
final class DescriptorPool: Sendable {
    /// The pool of the process, because the system limits the descriptors of a process.
    static let shared = DescriptorPool(limit: standardLimit)

    /// At most this many descriptors, and at most half of those that the system allows.
    private static let largestLimit = 256

    private static var standardLimit: Int {
        let allowed = sysconf(Int32(_SC_OPEN_MAX))
        return allowed < 0 ? largestLimit : min(largestLimit, max(allowed / 2, 1))
    }

    /// Identifies a file in the pool.
    typealias Key = Int

    fileprivate struct Entry {
        let descriptor: Int32
        var userCount: Int
        var lastUse: Int
    }

    fileprivate struct State {
        var entries: [Key: Entry] = [:]
        var nextKey = 0
        var clock = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Returns a key for a new file.
    func makeKey() -> Key {
        state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
    }

    /// The number of open descriptors.
    var openCount: Int { state.withLock { $0.entries.count } }

    /// Returns the file's descriptor, which stays open until `giveBack`; nil if it was closed.
    func borrow(_ key: Key) -> Int32? {
        state.withLock { state -> Int32? in
            guard state.entries[key] != nil else { return nil }
            return state.use(key)
        }
    }

    /// Adds an open descriptor and returns the one to use until `giveBack`. If another thread added one for the same
    /// file, closes the new one.
    func add(_ descriptor: Int32, for key: Key) -> Int32 {
        state.withLock { state in
            if state.entries[key] != nil {
                close(descriptor)
            } else {
                state.closeIdle(downTo: limit - 1)
                state.entries[key] = Entry(descriptor: descriptor, userCount: 0, lastUse: 0)
            }
            return state.use(key)
        }
    }

    /// Ends the use of a descriptor.
    func giveBack(_ key: Key) { state.withLock { $0.entries[key]?.userCount -= 1 } }

    /// Closes the descriptor of a file that is not used any more.
    func remove(_ key: Key) {
        state.withLock { state in
            if let entry = state.entries.removeValue(forKey: key) { close(entry.descriptor) }
        }
    }

    /// Closes every descriptor that no thread uses. Returns whether there was one.
    func closeIdle() -> Bool {
        state.withLock { state in
            let before = state.entries.count
            state.closeIdle(downTo: 0)
            return state.entries.count < before
        }
    }
}

extension DescriptorPool.State {
    fileprivate mutating func use(_ key: DescriptorPool.Key) -> Int32 {
        guard var entry = entries[key] else { preconditionFailure("a descriptor in the pool") }
        clock += 1
        entry.userCount += 1
        entry.lastUse = clock
        entries[key] = entry
        return entry.descriptor
    }

    /// Closes unused descriptors, the least recently used ones first, until there are `count`.
    fileprivate mutating func closeIdle(downTo count: Int) {
        while entries.count > count {
            let idle = entries.filter { $0.value.userCount == 0 }
            guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
            entries[oldest.key] = nil
            close(oldest.value.descriptor)
        }
    }
}

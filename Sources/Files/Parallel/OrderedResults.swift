import Synchronization

/// Collects the results of parallel work by index.
package final class OrderedResults<Result: Sendable>: Sendable {
    private let results: Mutex<[Result?]>

    package init(count: Int) { results = Mutex(Array(repeating: nil, count: count)) }

    package func set(_ result: Result, at index: Int) { results.withLock { $0[index] = result } }

    /// The results that were set, in the order of their indices.
    package var present: [Result] { results.withLock { $0.compactMap(\.self) } }

    /// All results; nil if one was not set.
    package var all: [Result]? {
        let present = present
        return present.count == results.withLock(\.count) ? present : nil
    }
}

import Foundation
import Synchronization

/// Runs work at the same time on several threads.
public enum ConcurrentThreads {
    private final class State<Value: Sendable>: Sendable {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        let start = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
    }

    /// Calls `body` with each index below `count`, each on its own thread, and returns the results in order. No call
    /// begins before all threads run.
    ///
    /// - Throws: The error of the lowest index that failed.
    public static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        let state = State<Value>()
        let ready = DispatchSemaphore(value: 0)
        for index in 0..<count {
            let thread = Thread {
                ready.signal()
                state.start.wait()
                let result = Result { try body(index) }
                state.results.withLock { $0[index] = result }
                state.end.signal()
            }
            // Debug builds need more than the 512 KiB that Foundation gives.
            thread.stackSize = 8 << 20
            thread.start()
        }
        for _ in 0..<count { ready.wait() }
        for _ in 0..<count { state.start.signal() }
        for _ in 0..<count { state.end.wait() }
        return try state.results.withLock { results in try (0..<count).compactMap { try results[$0]?.get() } }
    }
}

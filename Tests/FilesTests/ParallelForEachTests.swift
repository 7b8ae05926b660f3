import Synchronization
import Testing

@testable import SkipFiles

@Suite struct ParallelForEachTests {
    private struct Odd: Error, Equatable { let index: Int }

    @Test(arguments: [1, 2, 7]) func everyIndexRunsOnceAndStatesAreReused(threadCount: Int) throws {
        let calls = Mutex([Int](repeating: 0, count: 100))
        let states = Mutex(0)
        let makeState: @Sendable () -> Int = {
            states.withLock { $0 += 1 }
            return 0
        }
        try parallelForEach(100, threadCount: threadCount, makeState: makeState) { index, own in
            own += 1
            calls.withLock { $0[index] += 1 }
        }
        #expect(calls.withLock { $0 } == [Int](repeating: 1, count: 100))
        #expect((1...threadCount).contains(states.withLock { $0 }))
    }

    @Test(arguments: [1, 2, 7]) func theFailureOfTheLowestIndexIsReported(threadCount: Int) {
        let ran = Mutex<Set<Int>>([])
        do {
            try parallelForEach(1000, threadCount: threadCount) { (index) throws(Odd) in
                ran.withLock { _ = $0.insert(index) }
                if index >= 40, index % 2 == 1 { throw Odd(index: index) }
            }
            Issue.record("nothing was thrown")
        } catch {
            if case .failed(let failure) = error { #expect(failure.index == 41) } else { Issue.record("\(error)") }
        }
        let indices = ran.withLock { $0 }
        #expect(indices.isSuperset(of: 0...41) && indices.count < 1000)
    }

    @Test(arguments: [1, 3]) func aFailureOfCancelledWorkIsACancellation(threadCount: Int) {
        struct Ended: Error {}
        let isCancelled = Atomic(false)
        let failure = #expect(throws: ParallelFailure<Ended>.self) {
            try parallelForEach(
                1, threadCount: threadCount, isCancelled: { isCancelled.load(ordering: .relaxed) }
            ) { (_) throws(Ended) in
                isCancelled.store(true, ordering: .relaxed)
                throw Ended()
            }
        }
        guard case .cancelled? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test(arguments: [1, 3]) func cancellationStopsTheWork(threadCount: Int) {
        let ran = Mutex(0)
        #expect(throws: ParallelFailure<Never>.self) {
            try parallelForEach(1000, threadCount: threadCount, isCancelled: { ran.withLock { $0 >= 10 } }) { _ in
                ran.withLock { $0 += 1 }
            }
        }
        #expect((10..<10 + threadCount).contains(ran.withLock { $0 }))
    }

    @Test func nothingToDoIsNoFailure() throws {
        try parallelForEach(0, threadCount: 4) { _ in Issue.record("called") }
    }
}

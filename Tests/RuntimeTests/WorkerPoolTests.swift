import Synchronization
import Testing

@testable import SkipRuntime

@Suite struct WorkerPoolTests {
    /// The state that the workers of a test share: a pool and one number per worker.
    private final class SharedState {
        let pool: WorkerPool
        let arena: Arena
        let values: IndexView
        let disagreements = Atomic<Int>(0)

        init(threadCount: Int) throws {
            pool = try WorkerPool(threadCount: threadCount)
            let memory = try Arena.allocate { allocator throws(RuntimeError) in
                try allocator.indices("values", threadCount)
            }
            arena = memory.arena
            values = memory.views
        }

        /// Every worker writes, waits, and checks what all others wrote, `rounds` times in one job.
        func exchange() {
            // SAFETY: `run` returns when all workers are done, and `self` lives until then.
            unsafe pool.run(
                { context, index in
                    let state = unsafe Unmanaged<SharedState>.fromOpaque(context).takeUnretainedValue()
                    for round in 1...20 {
                        state.values[index] = Int32(round)
                        state.pool.barrier()
                        for other in 0..<state.pool.threadCount where state.values[other] != round {
                            state.disagreements.add(1, ordering: .relaxed)
                        }
                        state.pool.barrier()
                    }
                }, context: Unmanaged.passUnretained(self).toOpaque())
        }
    }

    @Test("Workers see what the others wrote before a barrier, in many jobs", arguments: [1, 2, 3, 7])
    func barriers(_ threadCount: Int) throws {
        let state = try SharedState(threadCount: threadCount)
        for _ in 0..<100 { state.exchange() }
        #expect(state.disagreements.load(ordering: .relaxed) == 0)
        #expect((0..<threadCount).allSatisfy { state.values[$0] == 20 })
    }

    @Test("Pools start and stop, with and without jobs")
    func lifetimes() throws {
        for count in 0..<40 {
            let state = try SharedState(threadCount: 1 + count % 4)
            if count % 3 != 0 { state.exchange() }
            #expect(state.disagreements.load(ordering: .relaxed) == 0)
        }
    }

    @Test("Shares cover everything once, in order, at multiples of the granularity", arguments: [1, 2, 3, 5, 16])
    func shares(_ threadCount: Int) throws {
        let pool = try WorkerPool(threadCount: threadCount)
        for count in [0, 1, 15, 16, 17, 100, 576] {
            for granularity in [1, 16, 32] {
                var next = 0
                for worker in 0..<threadCount {
                    let share = pool.share(of: count, granularity: granularity, worker: worker)
                    #expect(share.lowerBound == next)
                    #expect(share.lowerBound % granularity == 0 || share.lowerBound == count)
                    next = share.upperBound
                }
                #expect(next == count)
            }
        }
    }

    @Test("Every row of several matrices is given to one worker", arguments: [1, 2, 3, 5])
    func rowsOfSeveral(_ threadCount: Int) throws {
        let pool = try WorkerPool(threadCount: threadCount)
        for counts in [(192, 192, 576), (17, 0, 5), (0, 0, 0), (33, 31, 0)] {
            var seen = [[Int]](repeating: [], count: 3)
            for index in 0..<threadCount {
                Worker(index: index, pool: pool).rows(ofEach: counts) { seen[$0] += Array($1) }
            }
            #expect(seen == [Array(0..<counts.0), Array(0..<counts.1), Array(0..<counts.2)])
        }
    }

    @Test("Thread counts out of range are errors", arguments: [0, -1, 1025, Int.max])
    func threadCounts(_ count: Int) {
        #expect(throws: RuntimeError.optionOutOfRange(option: "threadCount")) { try WorkerPool(threadCount: count) }
    }
}

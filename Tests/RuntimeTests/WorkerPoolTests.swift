import Synchronization
import Testing

@testable import SkipRuntime

@Suite struct WorkerPoolTests {
    /// What the workers of a test share: a pool and room for one number per worker.
    private final class Board {
        let pool: WorkerPool
        let slots: Arena
        let values: IndexView
        let disagreements = Atomic<Int>(0)

        init(threadCount: Int) throws {
            pool = try WorkerPool(threadCount: threadCount)
            var plan = ArenaPlan()
            try plan.reserve("slots", threadCount)
            slots = try Arena(plan)
            values = slots.indices(threadCount)
        }

        /// Every worker writes, waits, and checks what all others wrote, `rounds` times in one job.
        func exchange() {
            // SAFETY: `run` returns when all workers are done, and `self` lives until then.
            unsafe pool.run(
                { context, index in
                    let board = unsafe Unmanaged<Board>.fromOpaque(context).takeUnretainedValue()
                    for round in 1...20 {
                        board.values[index] = Int32(round)
                        board.pool.barrier()
                        for other in 0..<board.pool.threadCount where board.values[other] != round {
                            board.disagreements.add(1, ordering: .relaxed)
                        }
                        board.pool.barrier()
                    }
                }, context: Unmanaged.passUnretained(self).toOpaque())
        }
    }

    @Test("Workers see what the others wrote before a barrier, in many jobs", arguments: [1, 2, 3, 7])
    func barriers(_ threadCount: Int) throws {
        let board = try Board(threadCount: threadCount)
        for _ in 0..<100 { board.exchange() }
        #expect(board.disagreements.load(ordering: .relaxed) == 0)
        #expect((0..<threadCount).allSatisfy { board.values[$0] == 20 })
    }

    @Test("Pools start and stop, with and without jobs")
    func lifetimes() throws {
        for count in 0..<40 {
            let board = try Board(threadCount: 1 + count % 4)
            if count % 3 != 0 { board.exchange() }
            #expect(board.disagreements.load(ordering: .relaxed) == 0)
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

    @Test("Rows of several matrices are dealt out once each", arguments: [1, 2, 3, 5])
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

    @Test("Impossible thread counts are errors", arguments: [0, -1, 1025, Int.max])
    func threadCounts(_ count: Int) {
        #expect(throws: RuntimeError.optionOutOfRange(option: "threadCount")) { try WorkerPool(threadCount: count) }
    }
}

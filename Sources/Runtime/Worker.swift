/// One of the threads that execute a job.
struct Worker {
    let index: Int
    let pool: WorkerPool

    /// Waits until every worker has called it.
    func barrier() { pool.barrier() }

    /// This worker's part of `0..<count`.
    func share(of count: Int) -> Range<Int> { pool.share(of: count, worker: index) }

    /// This worker's part of the rows of a matrix.
    func rows(of count: Int) -> Range<Int> {
        pool.share(of: count, granularity: Compute.rowGranularity, worker: index)
    }

    /// Divides the rows of up to three matrices among the workers as if they were one matrix, and calls `body` with the
    /// index of each matrix and this worker's rows of it.
    func rows(ofEach counts: (Int, Int, Int), _ body: (Int, Range<Int>) -> Void) {
        let granularity = Compute.rowGranularity
        let parts = (blocks(counts.0), blocks(counts.1), blocks(counts.2))
        let mine = pool.share(of: parts.0 + parts.1 + parts.2, worker: index)
        func part(_ number: Int, from first: Int, _ blockCount: Int, _ count: Int) {
            let range = mine.clamped(to: first..<first + blockCount)
            if range.isEmpty { return }
            let start = (range.lowerBound - first) * granularity
            body(number, start..<min((range.upperBound - first) * granularity, count))
        }
        part(0, from: 0, parts.0, counts.0)
        part(1, from: parts.0, parts.1, counts.1)
        part(2, from: parts.0 + parts.1, parts.2, counts.2)
    }

    private func blocks(_ count: Int) -> Int { (count + Compute.rowGranularity - 1) / Compute.rowGranularity }
}

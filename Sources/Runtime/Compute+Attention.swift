import SkipKernels

/// Attention over the cache.
extension Compute {
    /// The number of queries that kernels compute together at most.
    static let queriesTogether = Int(SKIP_ATTEND_QUERIES)

    /// Computes attention of query heads that share keys and values: one head of several tokens, or several heads of
    /// one token.
    func attend(_ attention: Attention) {
        if attention.queryCount == 0 { return }
        let dimension = attention.headDimension
        var most = attention.positionCount
        if let more = attention.morePositions {
            precondition(more.count == attention.queryCount)
            for query in 0..<more.count { most = max(most, attention.positionCount + Int(more[query])) }
        }
        precondition(most > 0)
        let reached = (most - 1) * attention.stride + dimension
        let rows = attention.queryCount - 1
        // SAFETY: the kernel keeps no pointer; all arguments outlive the call.
        var arguments = unsafe skip_attention(
            queries: attention.queries.pointer(minimumCount: rows * attention.queryStride + dimension),
            query_stride: attention.queryStride,
            output: attention.output.pointer(minimumCount: rows * attention.queryStride + dimension),
            output_stride: attention.queryStride, query_count: attention.queryCount, head_dimension: dimension,
            position_count: attention.positionCount,
            more_positions: attention.morePositions?.pointer(minimumCount: attention.queryCount),
            keys: attention.keys.pointer(minimumCount: reached),
            values: attention.values.pointer(minimumCount: reached),
            stride: attention.stride, scale: attention.scale, softcap: attention.softcap,
            scores: attention.scores.pointer(minimumCount: Self.scoreCount(positionCount: most)))
        unsafe kernels.attend(&arguments)
    }

    /// The arguments of `attend`. A plain value without references.
    struct Attention {
        /// Rows `queryStride` floats apart, as in `output`.
        let queries: FloatView
        let output: FloatView
        let queryStride: Int
        let queryCount: Int
        let headDimension: Int
        /// Query i sees this many positions plus `morePositions[i]`.
        let positionCount: Int
        let morePositions: IndexView?
        /// One row for each position, `stride` floats apart, as in `values`.
        let keys: FloatView
        let values: FloatView
        let stride: Int
        let scale: Float
        let softcap: Float
        let scores: FloatView
    }

    /// The number of floats of `scores` if the query that sees most sees `positionCount` positions.
    static func scoreCount(positionCount: Int) -> Int {
        queriesTogether * ((positionCount + 3) / 4 * 4)
    }
}

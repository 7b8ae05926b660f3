import Glibc
import TestSupport
import Testing

@testable import SkipRuntime

@Suite struct AttendTests {
    @Test(arguments: InstructionSet.accelerated)
    func attendAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 11)
        for dimension in awkwardSizes where dimension <= 100 {
            let stride = dimension + 3
            let keys = random.floats(576 * stride)
            let values = random.floats(576 * stride)
            let query = random.floats(dimension)
            for positions in awkwardSizes where positions * dimension <= 576 * 33 {
                // The last row has no gap, so that it ends where the memory ends.
                let floats = positions == 0 ? 0 : (positions - 1) * stride + dimension
                for softcap: Float in [0, 2] {
                    let attend = { (set: InstructionSet) in
                        set.attend(
                            query: query, keys: Array(keys.prefix(floats)), values: Array(values.prefix(floats)),
                            stride: stride, positionCount: positions, scale: 1.5, softcap: softcap
                        ).output
                    }
                    // Scores are sums of at most 100 products and below 100, so they differ by at most 1e-5, and shares
                    // by the same relative error. Outputs are averages of values below 1.
                    let expected = attend(.scalar)
                    let mismatch = firstMismatch(attend(set), expected, within: expected.map { _ in 2e-5 })
                    #expect(mismatch == nil, "\(positions) positions, \(dimension), softcap \(softcap)")
                }
            }
        }
    }

    /// Kernels may group queries in any way: each query has the same result as alone.
    @Test(arguments: InstructionSet.available, [1, 20, 64, 192])
    func attendOfSeveralQueriesIsThatOfEach(set: InstructionSet, dimension: Int) {
        var random = SplitMix64(seed: 12)
        let stride = dimension + 3
        let positionCounts = [
            [5], [1, 2], [30, 33, 33], [7, 3, 0, 8], [40, 41, 42, 43, 44, 45], [9, 9, 9, 9, 9, 9, 9],
        ]
        for counts in positionCounts {
            let floats = (max(counts.max() ?? 0, 1) - 1) * stride + dimension
            let (keys, values) = (random.floats(floats), random.floats(floats))
            let queries = counts.map { _ in random.floats(dimension) }
            for softcap: Float in [0, 2] {
                let together = set.attend(
                    queries: queries, positionCounts: counts, keys: keys, values: values, stride: stride, scale: 0.5,
                    softcap: softcap
                ).outputs
                let alone = zip(queries, counts).map { query, count in
                    set.attend(
                        query: query, keys: keys, values: values, stride: stride, positionCount: count, scale: 0.5,
                        softcap: softcap
                    ).output
                }
                #expect(together == alone, "\(counts), softcap \(softcap)")
            }
        }
    }

    /// A NaN changes the results of the queries that see it, and no other.
    @Test(arguments: InstructionSet.available)
    func laterPositionsDoNotShow(set: InstructionSet) {
        let keys: [Float] = [1, 1, 1, .nan, 1]
        let values: [Float] = [1, 1, 1, 1, .nan]
        let outputs = set.attend(
            queries: [[1], [1], [1], [1]], positionCounts: [2, 3, 4, 5], keys: keys, values: values, stride: 1,
            scale: 1,
            softcap: 0
        ).outputs
        #expect(outputs[0] == [1] && outputs[1] == [1])
        #expect(outputs[2][0].isNaN && outputs[3][0].isNaN)
    }

    @Test(arguments: InstructionSet.available, [64, 128, 192])
    func attendOfUsualHeads(set: InstructionSet, dimension: Int) {
        // The score of one position is log(3) larger, so its share is three times the other.
        var query = [Float](repeating: 0, count: dimension)
        query[dimension - 1] = 2
        var keys = [Float](repeating: 0, count: 2 * dimension)
        keys[dimension - 1] = logf(3)
        let values = (0..<2 * dimension).map { Float($0) }
        let output = set.attend(
            query: query, keys: keys, values: values, stride: dimension, positionCount: 2, scale: 0.5, softcap: 0
        ).output
        let expected = (0..<dimension).map { Float($0) + 0.25 * Float(dimension) }
        #expect(firstMismatch(output, expected, within: expected.map { 1e-6 * $0 }) == nil)
    }

    /// Compares the vector exponential with libm's in Double. `attend` leaves its results in the scores.
    @Test(arguments: InstructionSet.available)
    func exponentialsAreAccurate(set: InstructionSet) {
        // Position 0 has the largest score, 0, so that the others become exp(score).
        let scores = [0] + stride(from: Float(-87), to: 0, by: 0.00737)
        let powers = set.attend(
            query: [1], keys: scores, values: scores, stride: 1, positionCount: scores.count, scale: 1, softcap: 0
        ).scores
        let expected = scores.map { exp(Double($0)) }
        // 2 units in the last place; a unit is at most 2^-23 of the value.
        let tolerances = expected.map { Float(2 * 0x1p-23 * $0) }
        #expect(firstMismatch(powers, expected.map { Float($0) }, within: tolerances) == nil)
    }

    @Test(arguments: InstructionSet.available)
    func exponentialsUnderflowGradually(set: InstructionSet) {
        let scores: [Float] = [0, -87.5, -90, -100, -103.5, -104.5, -200, -1e30, -.infinity]
        let powers = set.attend(
            query: [1], keys: scores, values: scores.map { _ in 1 }, stride: 1, positionCount: scores.count, scale: 1,
            softcap: 0
        ).scores
        let expected = scores.map { Float(exp(Double($0))) }
        // A relative tolerance for normal numbers, and a unit in the last place for subnormal ones.
        let tolerances = expected.map { max(0x1p-22 * $0, 2 * Float.leastNonzeroMagnitude) }
        #expect(firstMismatch(powers, expected, within: tolerances) == nil)
        #expect(powers[6...].allSatisfy { $0 == 0 })
    }

    @Test(arguments: InstructionSet.available)
    func largeScoresDoNotOverflow(set: InstructionSet) {
        let output = set.attend(
            query: [1e4], keys: [1e4, 1e4, -1e4], values: [1, 3, 5], stride: 1, positionCount: 3, scale: 1, softcap: 0
        ).output
        #expect(output == [2])
    }

    @Test(arguments: InstructionSet.available)
    func softcapBoundsScores(set: InstructionSet) {
        // tanh saturates: the scores are 5 and -5, and the shares 1 / (1 + e^-10) and the remainder.
        let output = set.attend(
            query: [1e4], keys: [1, -1], values: [0, 1], stride: 1, positionCount: 2, scale: 1, softcap: 5
        ).output
        #expect(abs(output[0] - 4.5397869e-05) < 1e-10)
    }

    @Test(arguments: InstructionSet.available, [1, 3, 4, 5, 17])
    func nanShows(set: InstructionSet, positions: Int) {
        for bad in 0..<positions {
            var keys = [Float](repeating: 1, count: positions)
            keys[bad] = .nan
            let output = set.attend(
                query: [1], keys: keys, values: keys.map { _ in 1 }, stride: 1, positionCount: positions, scale: 1,
                softcap: 0
            ).output
            #expect(output[0].isNaN, "position \(bad)")
        }
    }

    @Test(arguments: InstructionSet.available)
    func noPositionsYieldZero(set: InstructionSet) {
        let output = set.attend(
            query: [1, 2, 3], keys: [], values: [], stride: 3, positionCount: 0, scale: 1, softcap: 0
        ).output
        #expect(output == [0, 0, 0])
    }
}

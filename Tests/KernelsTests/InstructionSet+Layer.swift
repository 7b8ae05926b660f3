import SkipKernels
import Testing

@testable import SkipRuntime

// The other kernels as functions of arrays; see InstructionSet+Products.swift.
//
// SAFETY, for all calls here: as in that file.
extension InstructionSet {
    func rmsNorm(_ input: [Float], weight: [Float], epsilon: Float) -> [Float] {
        let source = GuardedMemory(input)
        let weight = GuardedMemory(weight)
        let output = GuardedMemory(floatCount: input.count)
        unsafe table.rms_norm?(source.floats, weight.floats, epsilon, output.floats, input.count)
        #expect(output.isIntact, "\(self) \(input.count)")
        return output.values
    }

    /// Rotates heads of 2 * cosine.count values.
    func rotate(_ values: [Float], cosine: [Float], sine: [Float], headCount: Int) -> [Float] {
        let heads = GuardedMemory(values)
        let cosines = GuardedMemory(cosine)
        let sines = GuardedMemory(sine)
        unsafe table.rotate?(heads.floats, cosines.floats, sines.floats, headCount, 2 * cosine.count)
        #expect(heads.isIntact, "\(self) \(headCount) x \(2 * cosine.count)")
        return heads.values
    }

    /// Keys and values are rows of query.count floats, `stride` apart.
    func attend(
        query: [Float],
        keys: [Float],
        values: [Float],
        stride: Int,
        positionCount: Int,
        scale: Float,
        softcap: Float
    ) -> (output: [Float], scores: [Float]) {
        let (outputs, scores) = attend(
            queries: [query], positionCounts: [positionCount], keys: keys, values: values, stride: stride, scale: scale,
            softcap: softcap)
        return (outputs[0], scores)
    }

    /// Queries of one length, and the positions that each sees. The scores are those of the last query alone.
    func attend(
        queries: [[Float]],
        positionCounts: [Int],
        keys: [Float],
        values: [Float],
        stride: Int,
        scale: Float,
        softcap: Float
    ) -> (outputs: [[Float]], scores: [Float]) {
        let dimension = queries[0].count
        // A gap after each row except the last, so that a wrong stride is found.
        func rows(_ rows: [[Float]]) -> [Float] { Array(rows.map { $0 + [.nan, .nan] }.joined().dropLast(2)) }
        let fewest = positionCounts.min() ?? 0
        let most = positionCounts.max() ?? 0
        let (query, keys, values) = (GuardedMemory(rows(queries)), GuardedMemory(keys), GuardedMemory(values))
        let scores = GuardedMemory(floatCount: Int(SKIP_ATTEND_QUERIES) * ((most + 3) / 4 * 4))
        let output = GuardedMemory(floatCount: queries.count * (dimension + 2) - 2)
        let more = positionCounts.map { Int32($0 - fewest) }
        unsafe more.withUnsafeBufferPointer { more in
            var attention = unsafe skip_attention()
            unsafe attention.queries = UnsafePointer(query.floats)
            unsafe attention.query_stride = dimension + 2
            unsafe attention.output = output.floats
            unsafe attention.output_stride = dimension + 2
            unsafe attention.query_count = queries.count
            unsafe attention.head_dimension = dimension
            unsafe attention.position_count = fewest
            unsafe attention.more_positions = fewest == most ? nil : more.baseAddress
            unsafe attention.keys = UnsafePointer(keys.floats)
            unsafe attention.values = UnsafePointer(values.floats)
            unsafe attention.stride = stride
            unsafe attention.scale = scale
            unsafe attention.softcap = softcap
            unsafe attention.scores = scores.floats
            unsafe table.attend?(&attention)
        }
        #expect(scores.isIntact && output.isIntact, "\(self) \(positionCounts) x \(dimension)")
        let outputs = output.values
        return (
            queries.indices.map { Array(outputs[$0 * (dimension + 2)..<$0 * (dimension + 2) + dimension]) },
            Array(scores.values.prefix(positionCounts.last ?? 0))
        )
    }

    func gatedActivation(gate: [Float], up: [Float], activation: Int32) -> [Float] {
        let gates = GuardedMemory(gate)
        let ups = GuardedMemory(up)
        unsafe table.gated_activation?(gates.floats, ups.floats, activation, gate.count)
        #expect(gates.isIntact, "\(self) \(gate.count)")
        return gates.values
    }

    func add(_ target: [Float], _ addend: [Float]) -> [Float] {
        let sum = GuardedMemory(target)
        let addend = GuardedMemory(addend)
        unsafe table.add?(sum.floats, addend.floats, target.count)
        #expect(sum.isIntact, "\(self) \(target.count)")
        return sum.values
    }

    func widen(_ input: GuardedMemory, from type: WeightType) -> [Float] {
        let count = input.byteCount / type.size
        let output = GuardedMemory(floatCount: count)
        unsafe table.widen?(type.rawValue, input.start, output.floats, count)
        #expect(output.isIntact, "\(self) \(type) \(count)")
        return output.values
    }

    func narrow(_ input: [Float], to type: WeightType) -> GuardedMemory {
        let source = GuardedMemory(input)
        let output = GuardedMemory(byteCount: input.count * type.size, misalignment: type.size)
        unsafe table.narrow?(type.rawValue, source.floats, output.start, input.count)
        #expect(output.isIntact, "\(self) \(type) \(input.count)")
        return output
    }

    func firstNonfinite(_ input: GuardedMemory, type: WeightType) -> Int? {
        let count = input.byteCount / type.size
        return unsafe table.first_nonfinite?(type.rawValue, input.start, count)
    }
}

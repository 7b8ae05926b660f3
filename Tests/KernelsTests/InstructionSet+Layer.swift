import Kernels
import Testing

// The other kernels as functions of arrays; see InstructionSet+Products.swift.
//
// SAFETY, for all calls here: as there.
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

    /// keys and values hold rows of query.count floats, `stride` apart.
    func attend(
        query: [Float],
        keys: [Float],
        values: [Float],
        stride: Int,
        positionCount: Int,
        scale: Float,
        softcap: Float
    ) -> (output: [Float], scores: [Float]) {
        let query = GuardedMemory(query)
        let keys = GuardedMemory(keys)
        let values = GuardedMemory(values)
        let scores = GuardedMemory(floatCount: positionCount)
        let output = GuardedMemory(floatCount: query.byteCount / 4)
        unsafe table.attend?(
            query.floats, keys.floats, values.floats, stride, positionCount, query.byteCount / 4, scale, softcap,
            scores.floats, output.floats)
        #expect(scores.isIntact && output.isIntact, "\(self) \(positionCount) x \(query.byteCount / 4)")
        return (output.values, scores.values)
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

import Glibc
import SkipKernels
import TestSupport
import Testing

@testable import SkipRuntime

/// The largest relative error of one rounding: half the distance between 1 and the next float.
private let rounding: Float = 0x1p-24

let activations = [Int32(SKIP_SILU.rawValue), Int32(SKIP_GELU_TANH.rawValue)]

@Suite struct LayerTests {
    @Test(arguments: InstructionSet.accelerated)
    func rmsNormAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 7)
        for count in awkwardSizes {
            let (input, weight) = (random.floats(count), random.floats(count))
            let output = set.rmsNorm(input, weight: weight, epsilon: 1e-5)
            let expected = InstructionSet.scalar.rmsNorm(input, weight: weight, epsilon: 1e-5)
            // A sum of positive terms has the relative error of matrix_vector.
            let mismatch = firstMismatch(output, expected, within: expected.map { abs($0) * 2 * productTolerance })
            #expect(mismatch == nil, "\(count)")
        }
    }

    @Test(arguments: InstructionSet.available)
    func rmsNormUsesTheMeanAndEpsilon(set: InstructionSet) {
        // The mean of squares is 4 and epsilon is 5, so values are divided by 3.
        #expect(set.rmsNorm([2, -2, 2], weight: [3, 3, 6], epsilon: 5) == [2, -2, 4])
    }

    @Test(arguments: InstructionSet.accelerated)
    func rotateAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 8)
        for half in awkwardSizes where half <= 100 {
            let angles = random.floats(half)
            let (cosine, sine) = (angles.map { cosf($0) }, angles.map { sinf($0) })
            for headCount in [0, 1, 3] {
                let values = random.floats(headCount * half * 2)
                let output = set.rotate(values, cosine: cosine, sine: sine, headCount: headCount)
                let expected = InstructionSet.scalar.rotate(values, cosine: cosine, sine: sine, headCount: headCount)
                // Two products and a sum below 2; a fused operation omits one rounding.
                let tolerances = expected.map { _ in 4 * rounding }
                #expect(firstMismatch(output, expected, within: tolerances) == nil, "\(headCount) x \(2 * half)")
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func rotateTurnsHalvesOfEachHead(set: InstructionSet) {
        // Two heads of dimension 4; the first pair is rotated by 90 degrees, the second by 0.
        let turned = set.rotate([1, 2, 3, 4, 5, 6, 7, 8], cosine: [0, 1], sine: [1, 0], headCount: 2)
        #expect(turned == [-3, 2, 1, 4, -7, 6, 5, 8])
    }

    @Test(arguments: InstructionSet.accelerated)
    func addIsExact(set: InstructionSet) {
        var random = SplitMix64(seed: 9)
        for count in awkwardSizes {
            let (target, addend) = (random.floats(count), random.floats(count))
            let expected = zip(target, addend).map { $0 + $1 }
            #expect(firstDifference(set.add(target, addend), expected) == nil, "\(count)")
        }
    }

    /// Compares with Double. (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)).
    @Test(arguments: InstructionSet.available)
    func activationsAreAccurate(set: InstructionSet) {
        let inputs = stride(from: Float(-30), through: 30, by: 0.0137).map { $0 }
        let ones = inputs.map { _ in Float(1) }
        let silu = inputs.map { Double($0) / (1 + exp(-Double($0))) }
        // 1.5 roundings of exp, a sum, a quotient and the product with 1.
        let siluTolerances = silu.map { 5 * rounding * Float(abs($0)) }
        let output = set.gatedActivation(gate: inputs, up: ones, activation: activations[0])
        #expect(firstMismatch(output, silu.map { Float($0) }, within: siluTolerances) == nil)

        let gelu = inputs.map { input in
            let x = Double(input)
            let u = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
            return x / (1 + exp(-2 * u))
        }
        // exp(-2u) also has the error of its argument: |2u| times about 4 roundings, u = O(x^3). Results that underflow
        // have an absolute tolerance.
        let geluTolerances = zip(inputs, gelu).map { input, value in
            let u = 0.8 * (abs(input) + 0.045 * abs(input * input * input))
            return (5 + 8 * u) * rounding * Float(abs(value)) + 1e-37
        }
        let geluOutput = set.gatedActivation(gate: inputs, up: ones, activation: activations[1])
        #expect(firstMismatch(geluOutput, gelu.map { Float($0) }, within: geluTolerances) == nil)
    }

    @Test(arguments: InstructionSet.available)
    func activationsTakeExtremes(set: InstructionSet) {
        let gate: [Float] = [0, 200, -200, 1e30, -1e30, .infinity, 88.8, -88.8]
        let up = gate.map { _ in Float(2) }
        for activation in activations {
            let output = set.gatedActivation(gate: gate, up: up, activation: activation)
            #expect(output[0] == 0 && output[1] == 400 && output[3] == 2e30 && output[5] == .infinity)
            #expect(output[2] == 0 && output[4] == 0)
            #expect(output[6] == 177.6 && abs(output[7]) < 1e-35)
            #expect(set.gatedActivation(gate: [.nan], up: [1], activation: activation)[0].isNaN)
        }
    }

    @Test(arguments: InstructionSet.accelerated)
    func gatedActivationAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 10)
        for count in awkwardSizes {
            // Below 4 the tolerance of activationsAreAccurate is less than 30 roundings.
            let (gate, up) = (random.floats(count).map { 4 * $0 }, random.floats(count))
            for activation in activations {
                let output = set.gatedActivation(gate: gate, up: up, activation: activation)
                let expected = InstructionSet.scalar.gatedActivation(gate: gate, up: up, activation: activation)
                let mismatch = firstMismatch(output, expected, within: expected.map { 64 * rounding * abs($0) })
                #expect(mismatch == nil, "\(count), \(activation)")
            }
        }
    }
}

import Foundation
import SkipModel
import Testing

@testable import SkipRuntime

@Suite struct RotaryFrequenciesTests {
    @Test(
        "Frequencies are exact except for the last bits of float32", arguments: [10_000, 500_000, 100_000] as [Double])
    func exact(_ theta: Double) {
        let frequencies = RotaryFrequencies(RotaryEmbedding(theta: theta), headDimension: 64).inverseFrequencies
        #expect(frequencies.count == 32)
        for (index, frequency) in frequencies.enumerated() {
            let exact = pow(theta, -Double(2 * index) / 64)
            #expect(abs(Double(frequency) / exact - 1) < 2.0e-7)
        }
        #expect(frequencies[0] == 1)
    }

    @Test("Llama 3's scaling keeps short wavelengths, multiplies long ones, and interpolates in between")
    func llama3() {
        let scaling = RotaryEmbedding.Scaling.llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 8192)
        let plain = RotaryFrequencies(RotaryEmbedding(theta: 500_000), headDimension: 128).inverseFrequencies
        let scaled = RotaryFrequencies(RotaryEmbedding(theta: 500_000, scaling: scaling), headDimension: 128)
            .inverseFrequencies
        var kinds: Set<String> = []
        for (before, after) in zip(plain, scaled) {
            let wavelength = 2 * Float.pi / before
            if wavelength < 2048 {
                #expect(after == before)
                kinds.insert("kept")
            } else if wavelength > 8192 {
                #expect(after == before / 8)
                kinds.insert("multiplied")
            } else {
                #expect(after < before && after > before / 8)
                kinds.insert("interpolated")
            }
        }
        #expect(kinds.count == 3)
    }

    @Test("Linear scaling divides all frequencies")
    func linear() {
        let plain = RotaryFrequencies(RotaryEmbedding(theta: 10_000), headDimension: 32).inverseFrequencies
        let scaled = RotaryFrequencies(
            RotaryEmbedding(theta: 10_000, scaling: .linear(factor: 4)), headDimension: 32
        ).inverseFrequencies
        #expect(scaled == plain.map { $0 / 4 })
    }
}

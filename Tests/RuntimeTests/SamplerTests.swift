import Foundation
import Testing

@testable import SkipRuntime

@Suite struct SamplerTests {
    private func sample(_ sampler: inout Sampler, _ logits: [Float]) -> UInt32 { sampler.sample(logits.span) }

    @Test(
        "Greedy sampling chooses the largest logit, the first one of several", arguments: [1, 2, 15, 16, 17, 31, 100])
    func greedy(_ count: Int) throws {
        var sampler = try Sampler()
        for place in 0..<count {
            var logits = (0..<count).map { -Float($0 % 7) - 1 }
            logits[place] = 0.5
            #expect(sample(&sampler, logits) == place)
            for later in place..<count { logits[later] = 0.5 }
            #expect(sample(&sampler, logits) == place)
        }
    }

    @Test("Greedy sampling ignores logits that are NaN")
    func notANumber() throws {
        var sampler = try Sampler()
        #expect(sample(&sampler, [.nan, 1, .nan, 3, 2]) == 3)
        #expect(sample(&sampler, [.nan, .nan]) == 0)
        #expect(sample(&sampler, [-.infinity, -.infinity]) == 0)
        var warm = try Sampler(temperature: 1, topProbability: 0.5, seed: 3)
        #expect(sample(&warm, [.nan, 1, .nan]) == 1)
        #expect(sample(&warm, [.nan, .nan]) == 0)
    }

    @Test("The same seed results in the same tokens, another seed in others")
    func seeds() throws {
        let logits = (0..<50).map { Float($0 % 11) / 3 }
        func draws(seed: UInt64) throws -> [UInt32] {
            var sampler = try Sampler(temperature: 0.9, topProbability: 0.95, seed: seed)
            return (0..<40).map { _ in sample(&sampler, logits) }
        }
        #expect(try draws(seed: 7) == draws(seed: 7))
        #expect(try draws(seed: 7) != draws(seed: 8))
    }

    @Test("Draws follow the softmax", arguments: [1, 0.999] as [Float])
    func frequencies(_ topProbability: Float) throws {
        var sampler = try Sampler(temperature: 2, topProbability: topProbability, seed: 1)
        // Weights 1, 2, 4, 8, 1 at temperature 2.
        let logits = [1, 2, 4, 8, 1].map { 2 * log(Float($0)) }
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<32_000 { counts[Int(sample(&sampler, logits))] += 1 }
        for (count, weight) in zip(counts, [1, 2, 4, 8, 1]) { #expect(abs(count - 2000 * weight) < 400) }
    }

    @Test("Top-p keeps the smallest set of tokens with the probability")
    func topProbability() throws {
        let logits = [1, 8, 2, 4, 1].map { log(Float($0)) }
        for (limit, kept) in [(0, [1]), (0.49, [1]), (0.6, [1, 3]), (0.8, [1, 2, 3]), (1, [0, 1, 2, 3, 4])] {
            var sampler = try Sampler(temperature: 1, topProbability: Float(limit), seed: 5)
            let drawn = Set((0..<2000).map { _ in Int(sample(&sampler, logits)) })
            #expect(drawn == Set(kept), "top-p \(limit)")
        }
    }

    @Test("Options out of range are errors")
    func options() {
        for temperature in [-1, .nan, .infinity] as [Float] {
            #expect(throws: RuntimeError.optionOutOfRange(option: "temperature")) {
                _ = try Sampler(temperature: temperature)
            }
        }
        for limit in [-0.1, 1.1, .nan] as [Float] {
            #expect(throws: RuntimeError.optionOutOfRange(option: "topProbability")) {
                _ = try Sampler(topProbability: limit)
            }
        }
    }

    @Test("The generator is xoshiro256++ seeded by SplitMix64")
    func generator() {
        // SplitMix64 of seed 0 starts with e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f f88bb8a8724c81ec;
        // the first output follows from the definition: rotl(s0 + s3, 23) + s0.
        var random = RandomGenerator(seed: 0)
        let (first, last): (UInt64, UInt64) = (0xE220_A839_7B1D_CDAF, 0xF88B_B8A8_724C_81EC)
        let sum = first &+ last
        #expect(random.next() == (sum << 23 | sum >> 41) &+ first)
        for _ in 0..<1000 { #expect((0..<1).contains(random.nextUnit())) }
    }
}

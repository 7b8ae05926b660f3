import Foundation
import Testing

@testable import SkipRuntime

@Suite struct SamplerTests {
    private func options(
        temperature: Float = 0, topCount: Int = 0, topProbability: Float = 1, minimumProbability: Float = 0,
        repetitionPenalty: Float = 1
    ) -> Sampler.Options {
        var options = Sampler.Options()
        options.temperature = temperature
        options.topCount = topCount
        options.topProbability = topProbability
        options.minimumProbability = minimumProbability
        options.repetitionPenalty = repetitionPenalty
        return options
    }

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
        var warm = try Sampler(options(temperature: 1, topProbability: 0.5), seed: 3)
        #expect(sample(&warm, [.nan, 1, .nan]) == 1)
        #expect(sample(&warm, [.nan, .nan]) == 0)
    }

    @Test("The same seed results in the same tokens, another seed in others")
    func seeds() throws {
        let logits = (0..<50).map { Float($0 % 11) / 3 }
        func draws(seed: UInt64) throws -> [UInt32] {
            var sampler = try Sampler(options(temperature: 0.9, topProbability: 0.95), seed: seed)
            return (0..<40).map { _ in sample(&sampler, logits) }
        }
        #expect(try draws(seed: 7) == draws(seed: 7))
        #expect(try draws(seed: 7) != draws(seed: 8))
    }

    @Test("Draws follow the softmax", arguments: [1, 0.999] as [Float])
    func frequencies(_ topProbability: Float) throws {
        var sampler = try Sampler(options(temperature: 2, topProbability: topProbability), seed: 1)
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
            var sampler = try Sampler(options(temperature: 1, topProbability: Float(limit)), seed: 5)
            let drawn = Set((0..<2000).map { _ in Int(sample(&sampler, logits)) })
            #expect(drawn == Set(kept), "top-p \(limit)")
        }
    }

    @Test("Options out of range are errors")
    func optionRanges() {
        func expect(_ option: String, _ change: (inout Sampler.Options) -> Void) {
            var options = Sampler.Options()
            change(&options)
            #expect(throws: RuntimeError.optionOutOfRange(option: option)) { _ = try Sampler(options) }
        }
        for value in [-1, .nan, .infinity] as [Float] {
            expect("temperature") { $0.temperature = value }
            expect("repetitionPenalty") { $0.repetitionPenalty = value }
        }
        for value in [-0.1, 1.1, .nan] as [Float] {
            expect("topProbability") { $0.topProbability = value }
            expect("minimumProbability") { $0.minimumProbability = value }
        }
        expect("topCount") { $0.topCount = -1 }
        expect("repetitionPenalty") { $0.repetitionPenalty = 0 }
    }

    /// The definition: everything is sorted, every step is computed in full.
    private func definition(
        _ logits: [Float], _ options: Sampler.Options, after tokens: [UInt32]
    ) -> [UInt32: Double] {
        var logits = logits
        for token in Set(tokens.suffix(64)) {
            let logit = logits[Int(token)]
            logits[Int(token)] = logit > 0 ? logit / options.repetitionPenalty : logit * options.repetitionPenalty
        }
        var kept = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
        if options.topCount > 0 { kept = Array(kept.prefix(options.topCount)) }
        func probabilities(_ temperature: Double) -> [Double] {
            let weights = kept.map { exp(Double(logits[$0] - logits[kept[0]]) / temperature) }
            return weights.map { $0 / weights.reduce(0, +) }
        }
        if options.topProbability < 1 {
            var sum = 0.0
            let last = probabilities(1).firstIndex {
                sum += $0; return sum >= Double(options.topProbability)
            }
            kept = Array(kept.prefix((last ?? kept.count - 1) + 1))
        }
        let relative = probabilities(1)
        kept = kept.indices.filter { relative[$0] >= Double(options.minimumProbability) * relative[0] }.map { kept[$0] }
        return Dictionary(
            uniqueKeysWithValues: zip(kept.map { UInt32($0) }, probabilities(Double(options.temperature))))
    }

    @Test("Every combination of options draws from the tokens and with the probabilities of the definition")
    func definitions() throws {
        var random = RandomGenerator(seed: 11)
        for round in 0..<400 {
            let count = 1 + Int(random.next() % 700)
            // Many equal logits in every third round.
            let logits = (0..<count).map { _ in
                round % 3 == 0 ? Float(random.next() % 9) - 4 : Float(random.nextUnit() * 12 - 6)
            }
            func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
            let options = options(
                temperature: pick([0.2, 0.8, 1, 3]), topCount: pick([0, 1, 2, 7, 40, 699, 5000]),
                topProbability: pick([1, 0.95, 0.5, 0]), minimumProbability: pick([0, 0.05, 0.3, 1]),
                repetitionPenalty: pick([1, 1.1, 2, 0.7]))
            let tokens = (0..<Int(random.next() % 100)).map { _ in UInt32(random.next() % UInt64(count)) }
            var sampler = try Sampler(options, seed: 1)
            for token in tokens { sampler.accept(token) }
            let expected = definition(logits, options, after: tokens)
            let drawn = sampler.distribution(after: logits.span)
            #expect(Set(drawn.map(\.token)) == Set(expected.keys), "round \(round): \(options)")
            for (token, probability) in drawn { #expect(abs(probability - (expected[token] ?? 0)) < 1e-5) }
            #expect(expected[sample(&sampler, logits)] != nil)
        }
    }

    @Test("The penalty also changes the greedy choice, for 64 tokens")
    func greedyPenalty() throws {
        var sampler = try Sampler(options(repetitionPenalty: 2))
        sampler.accept(1)
        #expect(sample(&sampler, [1, 1.9, -1]) == 0)
        for _ in 0..<63 { sampler.accept(2) }
        #expect(sample(&sampler, [1, 1.9, -1]) == 0)
        sampler.accept(2)
        #expect(sample(&sampler, [1, 1.9, -1]) == 1)
        #expect(sample(&sampler, [-5, -4, -2.1]) == 1)
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

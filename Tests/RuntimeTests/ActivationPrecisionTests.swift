import Testing

@testable import SkipRuntime

/// Tests int8 and bfloat16 models, whose activations are rounded when several tokens are computed together.
@Suite struct ActivationPrecisionTests {
    static let variants = ModelVariant.all.filter { $0.isQuantized || $0.matrixType == .bfloat16 }
    static let sets = InstructionSet.allCases.filter(\.isAvailable)

    @Test("Rounded activations stay near the reference", arguments: variants, [ActivationPrecision.bits8, .bits16])
    func roundedActivations(_ variant: ModelVariant, _ precision: ActivationPrecision) throws {
        // Every module executes, so that rounding cannot change a decision.
        let test = TestModel(variant)
        _ = try test.opened(with: .scalar)
        var reference = ReferenceModel(test)
        reference.isDense = true
        let expected = reference.run(ForwardPassTests.tokens)
        for set in Self.sets {
            let model = try TestModel(variant).opened(with: set)
            for feed in Feed.allCases {
                let run = try Run(model, ForwardPassTests.tokens, feed) {
                    $0.isDense = true
                    $0.activationPrecision = precision
                }
                let deviation = run.deviation(from: expected)
                // bfloat16 keeps 8 bits of an activation, an integer of 16 bits keeps more.
                let tolerance = precision == .bits8 ? 5e-2 : variant.matrixType == .bfloat16 ? 2e-2 : 5e-4
                #expect(deviation < tolerance, "\(set), \(feed)")
                // Single tokens are computed without rounding.
                if feed == .tokenByToken { #expect(deviation < 5e-5) }
                // A smaller deviation would mean that nothing was rounded. Not every set multiplies bfloat16.
                if feed == .oneChunk, variant.matrixType == .int8, precision == .bits8 { #expect(deviation > 1e-4) }
                if feed == .oneChunk, variant.matrixType == .bfloat16, [.scalar, .avx512bf16].contains(set) {
                    #expect(deviation > 1e-4)
                }
            }
        }
    }

    @Test("The number of threads does not change a bit", arguments: variants, ActivationPrecision.allCases)
    func threads(_ variant: ModelVariant, _ precision: ActivationPrecision) throws {
        let model = try TestModel(variant).opened(with: .best)
        for (feed, tokenCount) in [(Feed.oneChunk, 40), (.chunksOfThree, 13)] {
            let tokens = (0..<tokenCount).map { UInt32($0 * 31 % 83) }
            let one = try Run(model, tokens, feed) { $0.activationPrecision = precision }
            for count in 2...3 {
                let more = try Run(model, tokens, feed) {
                    $0.activationPrecision = precision
                    $0.threadCount = count
                }
                #expect(more.logits == one.logits && more.recorder.executed == one.recorder.executed)
            }
        }
    }

    @Test("Precisions are found by their number of bits")
    func forcedPrecision() throws {
        for precision in ActivationPrecision.allCases {
            #expect(try ActivationPrecision.named("\(precision.rawValue)") == precision)
        }
        #expect(throws: RuntimeError.unknownActivationPrecision(name: "7")) {
            try ActivationPrecision.named("7")
        }
    }

    @Test("Statistics count the bytes of records")
    func bytes() throws {
        let variant = ModelVariant("int8") { $0.matrixType = .int8 }
        let model = try TestModel(variant).opened(with: .scalar)
        // 40 columns and one scale per row: 640 + 32 bytes, padded to 704; 48 columns: 832; 72 columns: 1216.
        let layer = (3 * 704 + 2 * 2 * 704) + (3 * 832 + 2 * 5 * 704 + 3 * 1216)
        #expect(model.denseByteCount == 3 * (layer + 2 * 40 * 4) + 6 * 704 + 40 * 4 + 6 * 704 / 83)
    }
}

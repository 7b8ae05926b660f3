import TestSupport
import Testing

@testable import SkipRuntime

private let halfTypes = [WeightType.float16, .bfloat16]

private let allPatterns: [Float] = (0..<0x8000).map { pattern in
    // Two 16-bit patterns in one float, in memory order.
    Float(bitPattern: UInt32(2 * pattern) | UInt32(2 * pattern + 1) << 16)
}

/// The value of a 16-bit pattern according to the standard library.
private func value(_ pattern: UInt16, _ type: WeightType) -> Float {
    type == .float16 ? Float(Float16(bitPattern: pattern)) : Float(bitPattern: UInt32(pattern) << 16)
}

@Suite struct ConversionTests {
    @Test(arguments: InstructionSet.available, halfTypes)
    func widensEveryPattern(set: InstructionSet, type: WeightType) {
        let widened = set.widen(GuardedMemory(allPatterns), from: type)
        for pattern in UInt16.min...UInt16.max {
            let (found, expected) = (widened[Int(pattern)], value(pattern, type))
            if found.bitPattern != expected.bitPattern {
                // The standard library may convert a signaling NaN to a quiet one, so only the payload is compared.
                let quiet = found.bitPattern | 0x0040_0000 == expected.bitPattern | 0x0040_0000
                #expect(found.isNaN && quiet, "\(type) \(String(pattern, radix: 16))")
            }
        }
    }

    @Test(arguments: InstructionSet.accelerated, halfTypes)
    func widenIsThatOfScalar(set: InstructionSet, type: WeightType) {
        let all = GuardedMemory(allPatterns)
        let scalar = InstructionSet.scalar.widen(all, from: type)
        #expect(firstDifference(set.widen(all, from: type), scalar) == nil)
        for count in awkwardSizes {
            let memory = GuardedMemory(byteCount: count * 2, misalignment: 2)
            let expected = InstructionSet.scalar.widen(memory, from: type)
            #expect(firstDifference(set.widen(memory, from: type), expected) == nil, "\(count)")
        }
    }

    /// Rounds every value, and the floats just below, at and above the middle between it and the next.
    @Test(arguments: InstructionSet.available, halfTypes)
    func narrowRoundsToNearestEven(set: InstructionSet, type: WeightType) {
        let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
        // The value after the largest finite one is computed as if the exponent had no limit.
        let overflow: Float = type == .float16 ? 65536 : .infinity
        var inputs: [Float] = []
        var expected: [UInt16] = []
        for pattern in 0..<infinity {
            let lower = value(pattern, type)
            let upper = pattern + 1 == infinity ? overflow : value(pattern + 1, type)
            // Exact in float32, because 16-bit types have at most 11 significant bits. The value after the largest
            // bfloat16 is not a float, but the middle is; it is computed from the bits.
            let middle = upper.isInfinite ? Float(bitPattern: lower.bitPattern + 0x8000) : lower + (upper - lower) / 2
            inputs += [lower, middle.nextDown, middle, middle.nextUp]
            expected += [pattern, pattern, pattern + pattern % 2, pattern + 1]
        }
        let narrowed = set.narrow(inputs, to: type).halves
        let wrong = expected.indices.first { narrowed[$0] != expected[$0] }
        #expect(wrong == nil, "\(wrong.map { "\(inputs[$0]) becomes \(narrowed[$0])" } ?? "")")
        let negated = set.narrow(inputs.map { -$0 }, to: type).halves
        #expect(expected.indices.allSatisfy { negated[$0] == expected[$0] | 0x8000 })
    }

    @Test(arguments: InstructionSet.available, halfTypes)
    func narrowKeepsSpecials(set: InstructionSet, type: WeightType) {
        let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
        let quietBit: UInt16 = type == .float16 ? 0x0200 : 0x0040
        let inputs: [Float] = [0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        let narrowed = set.narrow(inputs, to: type).halves
        #expect(narrowed == [0, 0x8000, infinity, infinity | 0x8000, infinity, 0])
        // A NaN with any payload bit, also a signaling one, becomes a quiet NaN.
        let payloads = (0..<23).map { Float(bitPattern: 0x7F80_0000 | 1 << $0) }
        for pattern in set.narrow(payloads + payloads.map { -$0 }, to: type).halves {
            #expect(pattern & 0x7FFF > infinity && pattern & quietBit != 0)
        }
    }

    @Test(arguments: InstructionSet.accelerated, WeightType.allCases)
    func narrowIsThatOfScalar(set: InstructionSet, type: WeightType) {
        var random = SplitMix64(seed: 12)
        for count in awkwardSizes + [40_000] {
            let inputs = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
            let expected = InstructionSet.scalar.narrow(inputs, to: type)
            #expect(set.narrow(inputs, to: type).halves == expected.halves, "\(count)")
        }
    }

    @Test(arguments: InstructionSet.available)
    func float32IsCopied(set: InstructionSet) {
        let values: [Float] = [1, -0.0, .leastNonzeroMagnitude, .infinity, Float(bitPattern: 0xFFA0_0001)]
        #expect(firstDifference(set.narrow(values, to: .float32).values, values) == nil)
        #expect(firstDifference(set.widen(GuardedMemory(values), from: .float32), values) == nil)
    }

    @Test(arguments: InstructionSet.available, WeightType.allCases)
    func firstNonfiniteIsFound(set: InstructionSet, type: WeightType) {
        let largest: Float = type == .float16 ? 65504 : 0x1.FEp127
        for count in awkwardSizes + [1000] {
            var values = [Float](repeating: largest, count: count)
            #expect(set.firstNonfinite(Weights(values, as: type).memory, type: type) == count)
            for place in Set([0, count / 2, count - 1, count * 7 / 8]) where place >= 0 && place < count {
                for bad: Float in [.infinity, -.infinity, .nan] {
                    values = [Float](repeating: -largest, count: count)
                    values[place] = bad
                    values[count - 1] = bad
                    #expect(set.firstNonfinite(Weights(values, as: type).memory, type: type) == place)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available, halfTypes)
    func everyPatternIsFiniteOrNot(set: InstructionSet, type: WeightType) {
        let patterns = GuardedMemory(allPatterns).halves
        for sign: UInt16 in [0, 0x8000] {
            let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
            let finite = patterns.filter { $0 & 0x8000 == sign && $0 & 0x7FFF < infinity }
            #expect(set.firstNonfinite(GuardedMemory(finite), type: type) == finite.count)
            for pattern in patterns where pattern & 0x8000 == sign && pattern & 0x7FFF >= infinity {
                let found = set.firstNonfinite(GuardedMemory([0, 0, pattern]), type: type)
                #expect(found == 2, "\(type) \(String(pattern, radix: 16))")
            }
        }
    }
}

extension GuardedMemory {
    fileprivate convenience init(_ halves: [UInt16]) {
        self.init(byteCount: halves.count * 2, misalignment: 2)
        // SAFETY: the memory holds that many bytes and does not overlap an array.
        unsafe halves.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount).copyMemory(from: source)
        }
    }
}

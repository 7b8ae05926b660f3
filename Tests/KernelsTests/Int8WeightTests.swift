import Glibc
import SkipKernels
import TestSupport
import Testing

@testable import SkipRuntime

/// Group sizes: multiples of 4 columns; 0 is the whole row.
let groupSizes = [0, 4, 12, 32, 64, 100, 128]

/// Rows of numbers that are hard to round: of every size, all zero, at the ends of float32, halfway between integers.
private func difficultRows(_ rows: Int, _ columns: Int, using random: inout SplitMix64) -> [Float] {
    var values: [Float] = []
    for row in 0..<rows {
        for _ in 0..<columns {
            let value = random.float()
            switch row % 8 {
            case 1: values.append(0)
            case 2: values.append(value * .greatestFiniteMagnitude)
            case 3: values.append(value * 0x1p-126)
            case 4: values.append(value * 300 * .leastNonzeroMagnitude)
            case 5: values.append(scalbnf(value, Int32.random(in: -120...120, using: &random)))
            case 6: values.append(Float(Int32.random(in: -254...254, using: &random)) / 2)
            case 7: values.append(Bool.random(using: &random) ? 0 : -value)
            default: values.append(value)
            }
        }
    }
    return values
}

@Suite struct Int8WeightTests {
    @Test func sizesFollowTheDefinition() {
        for columns in awkwardSizes {
            for groupSize in groupSizes {
                let groups = columns == 0 ? 0 : groupSize == 0 ? 1 : (columns + groupSize - 1) / groupSize
                #expect(skip_int8_group_count(columns, groupSize) == groups)
                let bytes = (columns + 3) / 4 * 64 + groups * 32
                #expect(skip_int8_record_bytes(columns, groupSize) == (bytes + 63) / 64 * 64)
            }
        }
    }

    /// Compares the scalar definition with the text of kernels.h, byte by byte.
    @Test("NU-100, NU-101, NU-102: records are as defined", arguments: groupSizes)
    func recordsAreAsDefined(groupSize: Int) {
        var random = SplitMix64(seed: 21)
        for columns in [1, 6, 33, 100, 257] {
            let rows = columns % 2 == 0 ? 16 : 11
            let values = difficultRows(rows, columns, using: &random)
            let record = InstructionSet.scalar.quantizeBlock(values, rows: rows, columns: columns, groupSize: groupSize)
            var expected = [UInt8](repeating: 0, count: skip_int8_record_bytes(columns, groupSize))
            let groupColumns = groupSize == 0 ? columns : groupSize
            for row in 0..<rows {
                for first in stride(from: 0, to: columns, by: groupColumns) {
                    let group = first..<min(columns, first + groupColumns)
                    let scale = Self.scale(values[row * columns + group.lowerBound..<row * columns + group.upperBound])
                    let place = (columns + 3) / 4 * 64 + (first / groupColumns * 16 + row) * 2
                    expected[place] = UInt8(truncatingIfNeeded: scale.bitPattern >> 16)
                    expected[place + 1] = UInt8(truncatingIfNeeded: scale.bitPattern >> 24)
                    for column in group where scale != 0 {
                        let quotient = (values[row * columns + column] / scale).rounded(.toNearestOrEven)
                        let integer = Int8(max(-127, min(127, quotient)))
                        expected[column / 4 * 64 + row * 4 + column % 4] = UInt8(bitPattern: integer)
                    }
                }
            }
            #expect(record == expected, "\(rows) x \(columns)")
        }
    }

    /// The largest magnitude / 127, rounded up to bfloat16.
    private static func scale(_ values: ArraySlice<Float>) -> Float {
        let exact = (values.map(abs).max() ?? 0) / 127
        let truncated = Float(bitPattern: exact.bitPattern & 0xFFFF_0000)
        return truncated == exact ? exact : Float(bitPattern: truncated.bitPattern + 0x1_0000)
    }

    @Test(arguments: InstructionSet.available)
    func errorIsHalfAScale(set: InstructionSet) {
        var random = SplitMix64(seed: 22)
        let values = random.floats(16 * 100)
        let record = set.quantizeBlock(values, rows: 16, columns: 100, groupSize: 32)
        let matrix = Int8Matrix(values, rows: 16, columns: 100, groupSize: 32)
        #expect(record == matrix.records.bytes)
        for row in 0..<16 {
            let weights = set.int8Row(matrix, row)
            let scales = set.unpackRow(matrix, row).scales
            for column in 0..<100 {
                // Half a step plus the rounding of the quotient and of the product.
                let bound = scales[column / 32] * 0.50001
                #expect(abs(weights[column] - values[row * 100 + column]) <= bound)
            }
        }
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers)
    func quantizeBlockIsThatOfScalar(set: InstructionSet) {
        var random = SplitMix64(seed: 23)
        for columns in awkwardSizes + [130, 257] {
            for (index, groupSize) in groupSizes.enumerated() {
                let rows = [1, 7, 15, 16][(columns + index) % 4]
                let values = difficultRows(rows, columns, using: &random)
                let found = set.quantizeBlock(values, rows: rows, columns: columns, groupSize: groupSize)
                let expected = InstructionSet.scalar.quantizeBlock(
                    values, rows: rows, columns: columns, groupSize: groupSize)
                #expect(found == expected, "\(rows) x \(columns) by \(groupSize)")
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func nonfiniteGroupsAreMarked(set: InstructionSet) {
        for bad: Float in [.nan, .infinity, -.infinity] {
            for place in [0, 31, 63, 99] {
                var values = [Float](repeating: 1, count: 3 * 100)
                values[100 + place] = bad
                let record = set.quantizeBlock(values, rows: 3, columns: 100, groupSize: 32)
                let expected = InstructionSet.scalar.quantizeBlock(values, rows: 3, columns: 100, groupSize: 32)
                #expect(record == expected)
                let scale = 25 * 64 + (place / 32 * 16 + 1) * 2
                #expect(record[scale...scale + 1] == [0xC0, 0x7F])
                #expect(record[place / 4 * 64 + 4..<place / 4 * 64 + 8] == [0, 0, 0, 0])
            }
        }
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers)
    func rowsAreThoseOfScalar(set: InstructionSet) {
        var random = SplitMix64(seed: 24)
        for columns in awkwardSizes {
            for groupSize in groupSizes {
                let values = difficultRows(19, columns, using: &random)
                let matrix = Int8Matrix(values, rows: 19, columns: columns, groupSize: groupSize)
                for row in [0, 6, 15, 16, 18] {
                    let expected = InstructionSet.scalar.unpackRow(matrix, row)
                    let found = set.unpackRow(matrix, row)
                    #expect(found.values == expected.values && found.scales == expected.scales)
                    let difference = firstDifference(
                        set.int8Row(matrix, row), InstructionSet.scalar.int8Row(matrix, row))
                    #expect(difference == nil, "row \(row) of \(columns) by \(groupSize)")
                }
            }
        }
    }

    /// Rows equal scales times integers, in the scalar definition.
    @Test func rowsAreScaledIntegers() {
        var random = SplitMix64(seed: 25)
        let matrix = Int8Matrix(difficultRows(19, 33, using: &random), rows: 19, columns: 33, groupSize: 12)
        for row in 0..<19 {
            let (values, scales) = InstructionSet.scalar.unpackRow(matrix, row)
            let products = values.indices.map { Float(values[$0]) * scales[$0 / 12] }
            #expect(firstDifference(InstructionSet.scalar.int8Row(matrix, row), products) == nil)
        }
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers)
    func figuresAreThoseOfScalar(set: InstructionSet) {
        var random = SplitMix64(seed: 26)
        for columns in awkwardSizes {
            for groupSize in groupSizes {
                let values = random.floats(13 * columns)
                let record = set.quantizeBlock(values, rows: 13, columns: columns, groupSize: groupSize)
                let arguments = (rows: 13, columns: columns, groupSize: groupSize, record: record)
                let found = set.figures(
                    values, rows: 13, columns: columns, groupSize: groupSize, record: arguments.record)
                let expected = InstructionSet.scalar.figures(
                    values, rows: 13, columns: columns, groupSize: groupSize, record: arguments.record)
                #expect(found == expected, "\(columns) by \(groupSize)")
            }
        }
    }
}

import SkipKernels
import TestSupport
import Testing

@testable import SkipRuntime

/// Tests that `int8_figures` returns the same bits on every instruction set.
@Suite struct Int8FigureTests {
    private func figures(
        _ set: InstructionSet, _ values: [Float], rows: Int, columns: Int, groupSize: Int
    ) -> (record: [UInt8], figures: [Double]) {
        var record = [UInt8](repeating: 0, count: skip_int8_record_bytes(columns, groupSize))
        var figures = [Double](repeating: -1, count: 3)
        // SAFETY: the record has the size that the kernels define, and there are three figures.
        unsafe record.withUnsafeMutableBytes { record in
            unsafe InstructionSet.scalar.table.int8_quantize_block(
                values, rows, columns, groupSize, record.baseAddress)
            unsafe set.table.int8_figures(values, rows, columns, groupSize, record.baseAddress, &figures)
        }
        return (record, figures)
    }

    private func values(_ count: Int) -> [Float] {
        var random = SplitMix64(seed: UInt64(count))
        return (0..<count).map { index in
            let value = Float.random(in: -1...1, using: &random)
            // Some have squares that float32 cannot represent.
            return index % 97 == 5 ? value * 1e30 : index % 89 == 3 ? value * 1e-30 : value
        }
    }

    @Test(arguments: InstructionSet.accelerated, awkwardSizes.filter { $0 > 0 })
    func equalTheDefinition(_ set: InstructionSet, columns: Int) {
        for groupSize in [0, 4, 12, 16, 64, 128] {
            for rows in [1, 3, 16] {
                let values = values(rows * columns)
                let found = figures(set, values, rows: rows, columns: columns, groupSize: groupSize)
                let expected = figures(.scalar, values, rows: rows, columns: columns, groupSize: groupSize)
                #expect(found.figures.map(\.bitPattern) == expected.figures.map(\.bitPattern))
            }
        }
    }

    @Test func theDefinitionSumsSquares() {
        let values: [Float] = [127, 1, 0, -63.5, 0.25, 0]
        // One group: the scale is 1, and the errors are 0.5 (rounded to the even 64) and 0.25.
        let figures = figures(.scalar, values, rows: 1, columns: 6, groupSize: 0).figures
        let expected: [Double] = [20162.3125, 0.3125, 0.5]
        #expect(figures == expected)
    }
}

import SkipModel
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

/// Rounding to int8 and back, with plans.
@Suite struct QuantizationTests {
    private static let rowCount = 37

    /// Seeded weights with a row of zeros, a group of zeros, one large weight, and rows of very small and large ones.
    private static func weights(columnCount: Int) -> [Float] {
        var random = SplitMix64(seed: UInt64(columnCount))
        var values = (0..<rowCount * columnCount).map { _ in Float.random(in: -0.2...0.2, using: &random) }
        for column in 0..<columnCount {
            values[3 * columnCount + column] = 0
            if column < 4 { values[4 * columnCount + column] = column % 2 == 0 ? 0 : -0.0 }
            values[5 * columnCount + column] *= 1e-20
            values[6 * columnCount + column] *= 1e20
        }
        values[7 * columnCount] = 11
        return values
    }

    /// A tensor in a file, in a type that holds the weights exactly, and its plan.
    private struct Stored {
        let directory: TemporaryDirectory
        let file: InputFile
        let plan: TensorPlan

        init(_ values: [Float], columnCount: Int, dtype: String = "F32", bytes: [UInt8]? = nil) throws {
            directory = try TemporaryDirectory()
            let builder = SafetensorsBuilder([
                .init(
                    name: "w", dtype: dtype, shape: [values.count / columnCount, columnCount],
                    bytes: bytes ?? values.flatMap { littleEndian($0.bitPattern) })
            ])
            try directory.write(builder.file, to: "w.safetensors")
            file = try InputFile(opening: directory.file("w.safetensors"))
            let tensor = try SafetensorsHeader.read(file).tensors[0]
            plan = .stored(
                SourceTensor(
                    sourceIndex: 0, name: "w", elementType: try #require(tensor.storedType.elementType),
                    shape: tensor.shape, byteOffset: tensor.byteOffset))
        }

        /// The records of `rows` and their figures.
        func quantized(_ rows: Range<Int>, groupSize: Int) throws -> (records: [UInt8], figures: QuantizationFigures) {
            let plan = TensorPlan.quantized(plan, groupSize: groupSize)
            var evaluator = PlanEvaluator(PlanSources(files: [file]))
            let recordByteCount = plan.storage.recordByteCount(columnCount: plan.shape.columnCount)
            var records = [UInt8](repeating: 0xAA, count: (rows.count + 15) / 16 * recordByteCount)
            var failure: InputError?
            unsafe records.withUnsafeMutableBytes { buffer in
                do throws(InputError) { try unsafe evaluator.rows(rows, of: plan, into: buffer) } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return (records, evaluator.figures)
        }
    }

    /// A row's integers and scales, computed as the specification says.
    private func row(_ row: Int, of records: [UInt8], columnCount: Int, groupSize: Int) -> [(value: Int, scale: Float)]
    {
        let group = groupSize == 0 ? columnCount : groupSize
        let scales = (columnCount + 3) / 4 * 64
        let recordByteCount = (scales + (columnCount + group - 1) / group * 32 + 63) / 64 * 64
        let record = row / 16 * recordByteCount
        return (0..<columnCount).map { column in
            let value = Int8(bitPattern: records[record + column / 4 * 64 + row % 16 * 4 + column % 4])
            let scale = record + scales + column / group * 32 + row % 16 * 2
            let bits = UInt32(records[scale]) << 16 | UInt32(records[scale + 1]) << 24
            return (Int(value), Float(bitPattern: bits))
        }
    }

    @Test(
        "NU-100, NU-101, NU-102: rows of zeros, of tiny and of huge weights",
        arguments: [4, 5, 8, 63, 64, 65, 100, 576], [0, 4, 12, 64, 128])
    func everyWeightIsTheNearestMultipleOfItsScale(columnCount: Int, groupSize: Int) throws {
        let groupSize = groupSize >= columnCount ? 0 : groupSize
        let values = Self.weights(columnCount: columnCount)
        let (records, _) = try Stored(values, columnCount: columnCount).quantized(
            0..<Self.rowCount, groupSize: groupSize)
        let group = groupSize == 0 ? columnCount : groupSize
        for index in 0..<Self.rowCount {
            let found = row(index, of: records, columnCount: columnCount, groupSize: groupSize)
            for (column, (value, scale)) in found.enumerated() {
                let weight = values[index * columnCount + column]
                #expect((-127...127).contains(value) && scale.isFinite && scale >= 0)
                // Half a step, plus the error of rounding the quotient.
                #expect(abs(Double(weight) - Double(value) * Double(scale)) <= Double(scale) * 0.5 * (1 + 1e-5))
                if scale == 0 { #expect(value == 0 && weight == 0) }
            }
            for start in stride(from: 0, to: columnCount, by: group) {
                let end = min(start + group, columnCount)
                let largest = values[index * columnCount + start..<index * columnCount + end].map(abs).max() ?? 0
                let scale = found[start].scale
                // The least bfloat16 that keeps the largest weight within 127 steps.
                #expect(
                    scale >= largest / 127 && Float(bitPattern: scale.bitPattern &- 0x10000) < largest / 127
                        || largest == 0)
            }
        }
    }

    @Test(arguments: [0, 64, 128]) func unpackingGivesValueTimesScale(groupSize: Int) throws {
        let columnCount = 200
        let stored = try Stored(Self.weights(columnCount: columnCount), columnCount: columnCount)
        let (records, _) = try stored.quantized(0..<Self.rowCount, groupSize: groupSize)
        let directory = try TemporaryDirectory()
        try directory.write([UInt8](repeating: 7, count: 64) + records, to: "records")
        let tensor = SourceTensor(
            sourceIndex: 0, name: "w", elementType: .int8, shape: .matrix(Self.rowCount, columnCount), byteOffset: 64)
        var evaluator = PlanEvaluator(PlanSources(files: [try InputFile(opening: directory.file("records"))]))
        for rows in [0..<Self.rowCount, 5..<18, 36..<37] {
            let floats = try evaluator.floats(rows, of: .unpacked(tensor, groupSize: groupSize))
            let expected = rows.flatMap { index in
                row(index, of: records, columnCount: columnCount, groupSize: groupSize).map {
                    Float($0.value) * $0.scale
                }
            }
            #expect(floats == expected)
        }
    }

    /// A record has the same bytes for any requested block of rows, and its sums are those of its own rows.
    @Test func recordsDoNotDependOnTheBlock() throws {
        let columnCount = 300
        let stored = try Stored(Self.weights(columnCount: columnCount), columnCount: columnCount)
        let (records, figures) = try stored.quantized(0..<Self.rowCount, groupSize: 128)
        var joined: [UInt8] = []
        var sum = QuantizationFigures.zero
        for rows in [0..<16, 16..<32, 32..<37] {
            let part = try stored.quantized(rows, groupSize: 128)
            joined += part.records
            sum.add(part.figures)
        }
        #expect(joined == records)
        #expect(sum == figures)
    }

    @Test("NU-103: the errors of rounding are recorded") func figuresMatchTheErrors() throws {
        let columnCount = 100
        // Ordinary magnitudes only, because the expected sums are added in another order.
        var random = SplitMix64(seed: 1)
        let values = (0..<Self.rowCount * columnCount).map { _ in Float.random(in: -1...1, using: &random) }
        let (records, figures) = try Stored(values, columnCount: columnCount).quantized(0..<Self.rowCount, groupSize: 8)
        var expected = QuantizationFigures.zero
        for index in 0..<Self.rowCount {
            for (column, (value, scale)) in row(index, of: records, columnCount: columnCount, groupSize: 8).enumerated()
            {
                let weight = Double(values[index * columnCount + column])
                let error = abs(weight - Double(value) * Double(scale))
                expected.add(
                    QuantizationFigures(
                        squaredWeights: weight * weight, squaredErrors: error * error, largestError: error))
            }
        }
        #expect(abs(figures.squaredWeights / expected.squaredWeights - 1) < 1e-12)
        #expect(abs(figures.squaredErrors / expected.squaredErrors - 1) < 1e-12)
        #expect(figures.largestError == expected.largestError)
        #expect(figures.relativeError > 0.001 && figures.relativeError < 0.005)
    }

    @Test func whatIsStoredInOtherTypesIsQuantizedFromItsValues() throws {
        let columnCount = 24
        let values = Self.weights(columnCount: columnCount).map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
        let expected = try Stored(values, columnCount: columnCount).quantized(0..<Self.rowCount, groupSize: 8)
        let brains = values.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) }
        let doubles = values.flatMap { littleEndian(Double($0).bitPattern) }
        for (dtype, bytes) in [("BF16", brains), ("F64", doubles)] {
            let stored = try Stored(values, columnCount: columnCount, dtype: dtype, bytes: bytes)
            let found = try stored.quantized(0..<Self.rowCount, groupSize: 8)
            #expect(found.records == expected.records && found.figures == expected.figures)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesWeightsThatAreNotFinite(_ bad: Float) throws {
        var values = Self.weights(columnCount: 8)
        values[20 * 8 + 5] = bad
        let stored = try Stored(values, columnCount: 8)
        let error = #expect(throws: InputError.self) { _ = try stored.quantized(0..<Self.rowCount, groupSize: 4) }
        #expect(error?.rule == .nonFiniteWeight)
        #expect(error?.found == "a NaN or infinity at row 20, column 5")
    }

    /// A merged weight is rounded once. The remaining delta is measured on the rounded weights.
    @Test func deltasAreMeasuredOnStoredWeights() throws {
        let columnCount = 64
        let stored = try Stored(Self.weights(columnCount: columnCount), columnCount: columnCount)
        guard case .stored(let tensor) = stored.plan else { return }
        let plan = TensorPlan.quantized(.shifted(stored.plan, by: tensor, scale: 0.25), groupSize: 32)
        var evaluator = PlanEvaluator(PlanSources(files: [stored.file]))
        var records = [UInt8](repeating: 0, count: plan.storage.byteCount(of: plan.shape))
        var deltas: DeltaFigures?
        unsafe records.withUnsafeMutableBytes { buffer in
            deltas = try? unsafe evaluator.rowsWithDeltas(0..<Self.rowCount, of: plan, into: buffer)
        }
        let figures = try #require(deltas)
        #expect(abs(figures.relativeSize - 0.25) < 1e-6)
        #expect(abs(figures.survival - 1) < 0.05)
        // The file records the figures of the merged weights.
        var plain = [UInt8](repeating: 0, count: records.count)
        let expected = evaluator.figures
        unsafe plain.withUnsafeMutableBytes { buffer in
            try? unsafe evaluator.rows(0..<Self.rowCount, of: plan, into: buffer)
        }
        #expect(plain == records)
        #expect(evaluator.figures == expected)
    }
}

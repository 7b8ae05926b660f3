import SkipModel
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// The evaluation of merged weights, at sizes at which OpenBLAS's kernels process remainders.
@Suite struct LowRankUpdateTests {
    private static let rows = 75
    private static let columns = 100
    private static let rank = 12

    /// A weight with an update, read from its own file.
    private struct Sample {
        let plan: TensorPlan
        let files: [InputFile]
        let values: [String: [Float]]

        init(_ form: LowRankUpdate.Form, hasMagnitude: Bool = false, change: (inout [Float]) -> Void = { _ in }) throws
        {
            let (rows, columns, rank) = (LowRankUpdateTests.rows, LowRankUpdateTests.columns, LowRankUpdateTests.rank)
            let shapes: [(String, [Int])] =
                form == .linear
                ? [("w", [rows, columns]), ("a", [rank, columns]), ("b", [rows, rank]), ("m", [rows])]
                : [("w", [rows, columns]), ("a", [rank, rows]), ("b", [columns, rank]), ("m", [rows])]
            var random = SplitMix64(seed: 5)
            var values: [String: [Float]] = [:]
            var builder = SafetensorsBuilder()
            for (name, shape) in shapes {
                var elements = (0..<shape.reduce(1, *)).map { _ in random.nextFloat() }
                if name == "b" { change(&elements) }
                values[name] = elements
                builder.tensors.append(SafetensorsBuilder.float32(name, shape, elements))
            }
            self.values = values
            let directory = try TemporaryDirectory()
            try directory.write(builder.file, to: "w.safetensors")
            files = [try InputFile(opening: directory.file("w.safetensors"))]
            let tensors = try SafetensorsHeader.read(files[0]).tensors
            func source(_ name: ByteString) throws -> SourceTensor {
                let tensor = try #require(tensors.first { $0.name == name })
                return SourceTensor(
                    sourceIndex: 0, name: name, elementType: .float32, shape: tensor.shape,
                    byteOffset: tensor.byteOffset)
            }
            plan = .adapted(
                .stored(try source("w")),
                by: LowRankUpdate(
                    form: form, loraA: try source("a"), loraB: try source("b"), scale: 0.75,
                    magnitude: hasMagnitude ? try source("m") : nil))
        }

        /// An element of scale · B · A, or of its transpose, in double precision.
        func delta(_ row: Int, _ column: Int, _ form: LowRankUpdate.Form) -> Double {
            let (a, b) = (values["a"] ?? [], values["b"] ?? [])
            let (columns, rank) = (LowRankUpdateTests.columns, LowRankUpdateTests.rank)
            return 0.75
                * (0..<rank).reduce(0) { sum, index in
                    switch form {
                    case .linear: sum + Double(b[row * rank + index]) * Double(a[index * columns + column])
                    case .embedding:
                        sum + Double(b[column * rank + index]) * Double(a[index * LowRankUpdateTests.rows + row])
                    }
                }
        }
    }

    /// OpenBLAS rounds a row differently when its neighbours differ. The fixed tiles must prevent that.
    @Test(arguments: [LowRankUpdate.Form.linear, .embedding], [1, 5, 16, 23, 64])
    func blocksDoNotChangeBits(_ form: LowRankUpdate.Form, _ rowCount: Int) throws {
        let sample = try Sample(form)
        let whole = try PlanValues.floats(sample.plan, files: sample.files)
        #expect(try PlanValues.floats(sample.plan, files: sample.files, rowCount: rowCount) == whole)
    }

    @Test(arguments: [LowRankUpdate.Form.linear, .embedding])
    func agreesWithDoublePrecision(_ form: LowRankUpdate.Form) throws {
        let sample = try Sample(form)
        let found = try PlanValues.floats(sample.plan, files: sample.files)
        let base = sample.values["w"] ?? []
        let wanted = base.indices.map { index in
            Float(Double(base[index]) + sample.delta(index / Self.columns, index % Self.columns, form))
        }
        #expect(relativeError(found, wanted) <= 3e-7)
    }

    @Test func magnitudesAreTheLengthsOfRows() throws {
        let sample = try Sample(.linear, hasMagnitude: true)
        let found = try PlanValues.floats(sample.plan, files: sample.files)
        let base = sample.values["w"] ?? []
        let magnitude = sample.values["m"] ?? []
        for row in 0..<Self.rows {
            let sums = (0..<Self.columns).map { Double(base[row * Self.columns + $0]) + sample.delta(row, $0, .linear) }
            let length = sums.map { $0 * $0 }.reduce(0, +).squareRoot()
            let wanted = sums.map { Float($0 * Double(magnitude[row]) / length) }
            #expect(relativeError(Array(found[row * Self.columns..<(row + 1) * Self.columns]), wanted) <= 1e-6)
        }
    }

    @Test("LR-97: an overflow names its place") func anOverflowNamesItsPlace() throws {
        let sample = try Sample(.linear) { for index in 0..<Self.rank { $0[31 * Self.rank + index] = 3e38 } }
        let error = #expect(throws: InputError.self) {
            try PlanValues.floats(sample.plan, files: sample.files, rowCount: 10)
        }
        #expect(error?.rule == .mergedNotFinite)
        #expect(error?.place == .tensor("w", headerOffset: nil))
        #expect(error?.found.contains("row 31, column ") == true)
    }

    @Test func theGraphPrintsTheExpression() throws {
        let sample = try Sample(.embedding, hasMagnitude: true)
        #expect(
            "\(sample.plan)" == "adapt(stored(%0 \"w\" f32), (0.75 · %0 \"b\" · %0 \"a\")ᵀ, rows of length %0 \"m\")")
    }
}

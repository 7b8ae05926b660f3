import SkipModel
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

@Suite struct PlanEvaluatorTests {
    /// Writes a 3 × 4 tensor of a type to a file and returns rows 1 and 2 of the tensor that `plan` makes of it.
    private func evaluate(_ dtype: String, _ elementType: ElementType, _ bytes: [UInt8], to target: ElementType?) throws
        -> [UInt8]
    {
        let directory = try TemporaryDirectory()
        let builder = SafetensorsBuilder([.init(name: "w", dtype: dtype, shape: [3, 4], bytes: bytes)])
        try directory.write(builder.file, to: "w.safetensors")
        let file = try InputFile(opening: directory.file("w.safetensors"))
        let tensor = try SafetensorsHeader.read(file).tensors[0]
        let stored = TensorPlan.stored(
            SourceTensor(
                sourceIndex: 0, name: "w", elementType: elementType, shape: tensor.shape, byteOffset: tensor.byteOffset)
        )
        let plan = target.map { TensorPlan.converted(stored, to: $0) } ?? stored
        var evaluator = PlanEvaluator(PlanSources(files: [file]))
        var output = [UInt8](repeating: 0, count: 8 * plan.elementType.byteCount)
        var failure: InputError?
        unsafe output.withUnsafeMutableBytes { buffer in
            do throws(InputError) { try unsafe evaluator.rows(1..<3, of: plan, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return output
    }

    private let values: [Float] = [9, 9, 9, 9, 1, -2, 0.5, 3.140625, 65504, 1e-7, -0.0, 7]

    @Test func storedRowsAreUnchanged() throws {
        let bytes = values.flatMap { littleEndian($0.bitPattern) }
        #expect(try evaluate("F32", .float32, bytes, to: nil) == Array(bytes[16...]))
    }

    @Test func bfloat16WidensExactly() throws {
        let bytes = values.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) }
        let expected = values[4...].flatMap { littleEndian($0.bitPattern & 0xFFFF_0000) }
        #expect(try evaluate("BF16", .bfloat16, bytes, to: .float32) == expected)
    }

    @Test func float32NarrowsToNearestEven() throws {
        let bytes = values.flatMap { littleEndian($0.bitPattern) }
        let halves = values[4...].flatMap { littleEndian(Float16($0).bitPattern) }
        #expect(try evaluate("F32", .float32, bytes, to: .float16) == halves)
        let brains = values[4...].flatMap { value -> [UInt8] in
            let bits = value.bitPattern
            return littleEndian(UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16))
        }
        #expect(try evaluate("F32", .float32, bytes, to: .bfloat16) == brains)
    }

    @Test("NU-105: float64 is rounded to float32") func float64RoundsToFloat32() throws {
        let bytes = values.flatMap { littleEndian((Double($0) * 1.000000001).bitPattern) }
        let expected = values[4...].flatMap { littleEndian(Float(Double($0) * 1.000000001).bitPattern) }
        #expect(try evaluate("F64", .float64, bytes, to: .float32) == expected)
    }

    @Test("NU-98: weights that are not finite are refused", arguments: [Float.nan, .infinity, -.infinity])
    func refusesWeightsThatAreNotFinite(_ bad: Float) throws {
        var values = values
        values[9] = bad
        let bytes = values.flatMap { littleEndian($0.bitPattern) }
        for target: ElementType? in [nil, .bfloat16] {
            let error = #expect(throws: InputError.self) { _ = try evaluate("F32", .float32, bytes, to: target) }
            #expect(error?.rule == .nonFiniteWeight)
            #expect(error?.found == "a NaN or infinity at row 2, column 1")
        }
    }

    @Test("NU-99: what float16 cannot hold is refused") func refusesWhatFloat16CannotHold() throws {
        var values = values
        values[11] = 65520
        let error = #expect(throws: InputError.self) {
            _ = try evaluate("F32", .float32, values.flatMap { littleEndian($0.bitPattern) }, to: .float16)
        }
        #expect(error?.rule == .float16Overflow)
        #expect(error?.found == "65520.0 at row 2, column 3")
    }
}

import Testing

@testable import SkipModel

@Suite struct TensorPlanTests {
    private static let shape = TensorShape.matrix(20, 12)
    private static let tensor = SourceTensor(
        sourceIndex: 0, name: "w", elementType: .bfloat16, shape: shape, byteOffset: 8)

    @Test func quantizingChangesTheStorageAlone() {
        let plan = TensorPlan.quantized(.stored(Self.tensor), groupSize: 8)
        #expect(plan.shape == Self.shape)
        #expect(plan.elementType == .int8)
        #expect(plan.storedElementType == .bfloat16)
        #expect(plan.storage == TensorStorage(.int8, groupSize: 8))
        #expect(plan.sources == [Self.tensor])
        #expect("\(plan)" == #"quantize(stored(%0 "w" bf16), int8/8)"#)
    }

    @Test func unpackingYieldsFloats() {
        let packed = SourceTensor(
            sourceIndex: 0, name: "layers.0.upProjection", elementType: .int8, shape: Self.shape, byteOffset: 64)
        let plan = TensorPlan.unpacked(packed, groupSize: 0)
        #expect(plan.elementType == .float32)
        // `auto` converts it to float32, because its file does not hold a float type.
        #expect(plan.storedElementType == .float32)
        #expect(plan.storage == TensorStorage(.float32))
        #expect(TensorPlan.converted(plan, to: .bfloat16).sources == [packed])
        #expect("\(plan)" == #"unpack(%0 "layers.0.upProjection" int8)"#)
    }
}

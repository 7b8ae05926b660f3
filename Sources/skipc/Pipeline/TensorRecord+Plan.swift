import Format
import Model

extension TensorRecord {
    /// A plan that yields the tensor's values from its file: as they are stored or, of int8, in float32.
    func plan(sourceIndex: Int) -> TensorPlan {
        let source = SourceTensor(
            sourceIndex: sourceIndex, name: ByteString("\(id)"), elementType: elementType, shape: shape,
            byteOffset: byteOffset)
        return elementType == .int8 ? .unpacked(source, groupSize: storage.groupSize) : .stored(source)
    }
}

import SkipModel

@testable import SkipRuntime

/// Memory for the weights of a test model.
@safe
final class WeightMemory: @unchecked Sendable {
    private var allocations: [UnsafeMutableRawPointer] = unsafe []

    deinit { while let allocation = unsafe allocations.popLast() { unsafe allocation.deallocate() } }

    func view(_ values: [Float]) -> FloatView {
        let bytes = unsafe allocate(values, .float32)
        // SAFETY: the bytes are `values`, and the model keeps this object alive.
        return unsafe FloatView(base: bytes.assumingMemoryBound(to: Float.self), count: values.count)
    }

    func matrix(_ values: [Float], _ elementType: ElementType, rows: Int, columns: Int) -> WeightMatrix {
        let bytes = unsafe allocate(values, elementType)
        // SAFETY: as in `view`.
        return unsafe WeightMatrix(
            base: bytes, storage: TensorStorage(elementType), rowCount: rows, columnCount: columns)
    }

    /// Returns a matrix with the given bytes.
    func matrix(_ bytes: [UInt8], _ storage: TensorStorage, rows: Int, columns: Int) -> WeightMatrix {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
        unsafe allocations.append(memory)
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
        // SAFETY: as in `view`.
        return unsafe WeightMatrix(base: memory, storage: storage, rowCount: rows, columnCount: columns)
    }

    private func allocate(_ values: [Float], _ elementType: ElementType) -> UnsafeMutableRawPointer {
        let width = elementType.byteCount
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(values.count * width, 1), alignment: 64)
        unsafe allocations.append(memory)
        for (index, value) in values.enumerated() {
            let offset = index * width
            switch elementType {
            case .float16: unsafe memory.storeBytes(of: Float16(value), toByteOffset: offset, as: Float16.self)
            case .bfloat16:
                unsafe memory.storeBytes(of: UInt16(value.bitPattern >> 16), toByteOffset: offset, as: UInt16.self)
            default: unsafe memory.storeBytes(of: value, toByteOffset: offset, as: Float.self)
            }
        }
        return unsafe memory
    }
}

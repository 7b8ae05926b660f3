import FuzzDriver
import SkipModel

@testable import SkipConvert

/// Reads arbitrary bytes as the pickle of a torch file. They are refused, or all tensors are inside their storages.
@main
enum FuzzPickle {
    static func main() {
        fuzz { start, count in
            FuzzPickle.check(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        }
    }

    private static func check(_ bytes: [UInt8]) {
        let origin = PickleOrigin(path: "fuzz.pth", start: 64, isInflated: false)
        guard let document = try? PickleReader.read(bytes, origin: origin) else { return }
        for tensor in document.heap.tensors {
            let storage = document.heap.storages[tensor.storageIndex]
            let end = StridedView(shape: tensor.shape, strides: tensor.strides, offset: tensor.elementOffset).end
            precondition(end.map { $0 <= storage.byteCount / tensor.storedType.byteCount } ?? false)
            precondition(tensor.shape.elementCount <= storage.byteCount / tensor.storedType.byteCount)
        }
        _ = try? StateDictionary(of: document)
    }
}

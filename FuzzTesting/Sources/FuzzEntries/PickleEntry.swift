import SkipModel

@testable import SkipConvert

/// Reads arbitrary bytes as the pickle of a torch file. The tensors of an accepted one are inside their storages.
enum PickleEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let document = try PickleReader.read(
            bytes, origin: PickleOrigin(path: "fuzz.pth", start: 64, isInflated: false))
        for tensor in document.heap.tensors {
            let elementCount =
                document.heap.storages[tensor.storageIndex].byteCount / tensor.storedType.byteCount
            let end = StridedView(shape: tensor.shape, strides: tensor.strides, offset: tensor.elementOffset).end
            try require(end.map { $0 <= elementCount } ?? false, "a view is inside its storage")
            try require(tensor.shape.elementCount <= elementCount, "a view is not larger than its storage")
        }
        _ = try StateDictionary(of: document)
    }
}

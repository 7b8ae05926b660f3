import SkipFiles
import SkipModel

/// The records that hold the storages of a pickle.
struct StorageRecords {
    /// One for each storage of the heap, in the same order.
    private(set) var entries: [ZipEntry] = []

    /// Finds the record of every storage and checks that its size is exactly that of the storage.
    init<Source: ByteSource>(of heap: PickleHeap, in archive: TorchArchive<Source>) throws(InputError) {
        for storage in heap.storages {
            guard let entry = archive.entry("data/\(storage.key)") else {
                throw InputError(
                    .torchStorage, file: archive.source.path, at: .byte(storage.offset),
                    found: "no record data/\(storage.key)", required: "one of \(storage.byteCount) bytes")
            }
            if entry.byteCount != storage.byteCount {
                throw archive.fault(
                    .torchStorage, entry, found: "\(entry.byteCount) bytes",
                    required: "\(storage.byteCount) for \(storage.elementCount) elements")
            }
            entries.append(entry)
        }
    }

    /// Returns a tensor of the pickle with its position in the file.
    func tensor(_ tensor: PickleTensor, name: ByteString) -> CheckpointTensor {
        let entry = entries[tensor.storageIndex]
        let offset = tensor.elementOffset * tensor.storedType.byteCount
        let isStored = entry.method == .stored
        let view = StridedView(shape: tensor.shape, strides: tensor.strides)
        return CheckpointTensor(
            name: name, storedType: tensor.storedType, shape: tensor.shape,
            byteOffset: isStored ? entry.dataOffset + offset : offset, headerOffset: tensor.offset,
            strides: view.isContiguous ? nil : tensor.strides,
            compressedRecord: isStored
                ? nil
                : CompressedRecord(
                    byteOffset: entry.dataOffset, storedByteCount: entry.storedByteCount, byteCount: entry.byteCount,
                    checksum: entry.checksum))
    }
}

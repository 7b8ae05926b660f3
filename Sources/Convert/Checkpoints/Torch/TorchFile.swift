import SkipFiles
import SkipModel

/// A state dict that `torch.save` wrote, with everything checked that can be known without reading a weight.
public struct TorchFile: Sendable {
    /// In the dict's order.
    public let tensors: [CheckpointTensor]
    /// What is no tensor, or no part of the state dict, or a record that no tensor refers to.
    public let leftOut: [LeftOutTensor]
    /// Absolute range of the zip directory, which holds every record's size and checksum.
    public let directory: Range<Int>
    /// The records that hold the elements of `tensors`, in the order of the zip directory.
    let storageEntries: [ZipEntry]

    public init(reading source: some ByteSource, checksums: ChecksumPolicy = .required) throws(InputError) {
        let archive = try TorchArchive(reading: source, checksums: checksums)
        directory = archive.zip.directory
        let (pickle, origin) = try archive.pickle()
        let document = try PickleReader.read(pickle, origin: origin)
        let dictionary = try StateDictionary(of: document)
        let storages = try StorageRecords(of: document.heap, in: archive)
        tensors = dictionary.members.map { name, tensorIndex in
            storages.tensor(document.heap.tensors[tensorIndex], name: name)
        }
        let used = Set(dictionary.members.map { document.heap.tensors[$0.tensorIndex].storageIndex })
        storageEntries = used.map { storages.entries[$0] }.sorted { $0.directoryOffset < $1.directoryOffset }
        let unused = archive.records(besides: Set(storages.entries.map(\.name)))
        leftOut = (dictionary.leftOut + unused.map { ($0, .unreferencedRecord) }).map {
            LeftOutTensor(file: source.path, name: $0.name, reason: $0.reason)
        }
    }
}

/// The records behind a pickle's storages.
private struct StorageRecords {
    /// One for each storage of the heap.
    private(set) var entries: [ZipEntry] = []

    /// Every storage has a record of exactly its size.
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

import SkipFiles
import SkipModel

/// The tensors of a state dict that `torch.save` wrote. Everything is checked except the weights, which are not read.
public struct TorchFile: Sendable {
    /// In the order of the dict.
    public let tensors: [CheckpointTensor]
    /// Values that are not tensors or not in the state dict, and records that no tensor refers to.
    public let leftOut: [LeftOutTensor]
    /// The state dicts of the file, if there are several and none is chosen; `tensors` is empty then.
    public let choices: [StateDictionaryChoice]
    /// Absolute range of the zip directory, which holds the size and checksum of every record.
    public let directory: Range<Int>
    /// The records that hold the elements of `tensors`, in the order of the zip directory.
    let storageEntries: [ZipEntry]

    public init(
        reading source: some ByteSource, checksums: ChecksumPolicy = .required,
        stateDictionary selection: StateDictionarySelection = .only
    ) throws(InputError) {
        let archive = try TorchArchive(reading: source, checksums: checksums)
        directory = archive.zip.directory
        let (pickle, origin) = try archive.pickle()
        let document = try PickleReader.read(pickle, origin: origin)
        let dictionary = try StateDictionary(of: document, selection: selection)
        choices = dictionary.choices
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

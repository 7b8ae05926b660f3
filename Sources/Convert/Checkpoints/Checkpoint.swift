import SkipFiles
import SkipModel

/// The tensors of a checkpoint by name, from all of its files.
struct Checkpoint: Sendable {
    /// The files, in an order that depends only on their names.
    private(set) var files: [InputFile] = []
    /// For each file, the range that describes its tensors: the safetensors header, or the zip directory of a torch
    /// file.
    private(set) var headerRanges: [Range<Int>] = []
    /// Contents of the files that are not used.
    private(set) var leftOut: [LeftOutTensor] = []
    /// Checksums that must be checked before weights are used.
    private(set) var recordChecksums = RecordChecksums()
    private let checksums: ChecksumPolicy
    private let stateDictionary: StateDictionarySelection
    private var located: [ByteString: LocatedTensor] = [:]

    /// A tensor and the index of its file.
    struct LocatedTensor: Sendable {
        let tensor: CheckpointTensor
        let fileIndex: Int
    }

    /// Whether a file is a torch file, in which a key may choose the state dict.
    var hasTorchFile: Bool { files.contains { CheckpointFileKind(fileName: $0.name) == .torch } }

    /// All names, in byte order.
    var names: [ByteString] { located.keys.sorted() }

    subscript(name: ByteString) -> LocatedTensor? { located[name] }

    /// Returns the path of the file that holds a tensor.
    func path(of located: LocatedTensor) -> String { files[located.fileIndex].path }

    /// Opens the checkpoint of a Hugging Face directory: the first of `directoryForms` that exists. If that file is
    /// invalid, no other one is tried.
    init(
        directory: String, checksums: ChecksumPolicy = .required, stateDictionary: StateDictionarySelection = .only
    ) throws(InputError) {
        for form in Self.directoryForms {
            let path = directory + "/" + form.fileName
            guard try FileProbe.exists(path) else { continue }
            if let suffix = form.shardSuffix {
                try self.init(
                    shardsIn: directory, indexPath: path, suffix: suffix, checksums: checksums,
                    stateDictionary: stateDictionary)
            } else {
                try self.init(file: path, checksums: checksums, stateDictionary: stateDictionary)
            }
            return
        }
        throw try DirectoryForm.modelFault(directory) ?? CheckpointFault.missing(directory)
    }

    /// The files that may hold the checkpoint of a directory, in order of precedence. An index has the extension of its
    /// shards.
    private static let directoryForms: [(fileName: String, shardSuffix: String?)] = [
        ("model.safetensors", nil),
        ("model.safetensors.index.json", ".safetensors"),
        ("pytorch_model.bin", nil),
        ("pytorch_model.bin.index.json", ".bin"),
    ]

    /// Opens a single file. Its extension determines the format.
    init(file path: String, checksums: ChecksumPolicy = .required, stateDictionary: StateDictionarySelection = .only)
        throws(InputError)
    {
        self.checksums = checksums
        self.stateDictionary = stateDictionary
        if try FileProbe.isDirectory(path), let fault = try DirectoryForm.modelFault(path) { throw fault }
        try add(try InputFile(opening: path))
    }

    private init(
        shardsIn directory: String, indexPath: String, suffix: String, checksums: ChecksumPolicy,
        stateDictionary: StateDictionarySelection
    ) throws(InputError) {
        self.checksums = checksums
        self.stateDictionary = stateDictionary
        let index = try ShardIndex(path: indexPath, shardsEndIn: suffix)
        for name in index.shardNames {
            let path = directory + "/" + name
            if try !FileProbe.exists(path) {
                throw InputError(
                    .shardMissing, file: path, found: "no such file", required: "a shard that the index names")
            }
            try add(try InputFile(opening: path))
        }
        try check(against: index, indexPath: indexPath)
    }

    private mutating func add(_ file: InputFile) throws(InputError) {
        let fileIndex = files.count
        files.append(file)
        for tensor in try tensors(of: file) {
            if let other = located.updateValue(LocatedTensor(tensor: tensor, fileIndex: fileIndex), forKey: tensor.name)
            {
                throw InputError(
                    .shardContents, file: file.path, at: .tensor(tensor.name, headerOffset: tensor.headerOffset),
                    found: "a tensor that is also in \(files[other.fileIndex].name)",
                    required: "each tensor in one file")
            }
        }
    }

    private mutating func tensors(of file: InputFile) throws(InputError) -> [CheckpointTensor] {
        switch CheckpointFileKind(fileName: file.name) {
        case .safetensors:
            let header = try SafetensorsHeader.read(file)
            headerRanges.append(0..<header.dataOffset)
            return header.tensors
        case .torch:
            let torchFile: TorchFile
            do {
                torchFile = try TorchFile(reading: file, checksums: checksums, stateDictionary: stateDictionary)
            } catch {
                throw CheckpointFault.named(file, error)
            }
            if checksums == .required {
                recordChecksums += RecordChecksums(of: torchFile.storageEntries, in: file)
            }
            headerRanges.append(torchFile.directory)
            leftOut += torchFile.leftOut
            return torchFile.tensors
        case nil:
            throw try ForeignFile.fault(file, named: nil) ?? CheckpointFault.unknownKind(file)
        }
    }

    /// Checks that every tensor is in the shard that the index names, and that every tensor of the index exists.
    private func check(against index: ShardIndex, indexPath: String) throws(InputError) {
        for name in names {
            guard let located = located[name] else { continue }
            let actual = files[located.fileIndex].name
            if index.shardOfTensor[name] != actual {
                throw InputError(
                    .shardContents, file: path(of: located),
                    at: .tensor(name, headerOffset: located.tensor.headerOffset),
                    found: "a tensor that the index places in \(index.shardOfTensor[name] ?? "no shard")",
                    required: "the shard that the index names")
            }
        }
        for name in index.shardOfTensor.keys.sorted() where located[name] == nil {
            throw InputError(
                .shardContents, file: indexPath, at: .field("weight_map.\(name)"),
                found: "a tensor that no shard holds",
                required: "a tensor of \(index.shardOfTensor[name] ?? "a shard")")
        }
    }

    /// Returns the names and shapes of all tensors, from which a form is recognized that is not read.
    func nameForm(configuredIn directory: String) -> TensorNameForm {
        let tensors = names.compactMap { name in
            located[name].map {
                TensorNameForm.Tensor(
                    name: name, shape: $0.tensor.shape, file: path(of: $0), headerOffset: $0.tensor.headerOffset)
            }
        }
        return TensorNameForm(tensors, directory: directory)
    }

    /// Returns an error at a tensor, given by its stored name.
    func error(_ rule: InputRule, at stored: ByteString, found: String, required: String = "") -> InputError {
        let located = located[stored]
        return InputError(
            rule, file: located.map(path(of:)) ?? files.first?.path ?? "",
            at: .tensor(stored, headerOffset: located?.tensor.headerOffset), found: found, required: required)
    }

    /// Returns a plan that reads a tensor as stored. `sourceIndexBase` is the index of the checkpoint's first file
    /// among the sources of the graph.
    func plan(for located: LocatedTensor, elementType: ElementType, sourceIndexBase: Int) -> TensorPlan {
        .stored(
            SourceTensor(
                sourceIndex: sourceIndexBase + located.fileIndex, name: located.tensor.name, elementType: elementType,
                shape: located.tensor.shape, byteOffset: located.tensor.byteOffset, strides: located.tensor.strides,
                compressedRecord: located.tensor.compressedRecord))
    }
}

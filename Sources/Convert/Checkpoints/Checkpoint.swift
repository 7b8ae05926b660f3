import SkipFiles
import SkipModel

/// The tensors of one checkpoint, over all of its files, by name.
public struct Checkpoint: Sendable {
    /// In an order that depends on the files' names only.
    public private(set) var files: [InputFile] = []
    /// Per file, the bytes that describe its tensors: the safetensors header, or the directory of a torch file.
    public private(set) var headerRanges: [Range<Int>] = []
    /// What the files hold besides tensors, or with them, and skipc does not use.
    public private(set) var leftOut: [LeftOutTensor] = []
    /// Checksums that are to be checked before weights are used.
    public private(set) var recordChecksums = RecordChecksums()
    private let checksums: ChecksumPolicy
    private var located: [ByteString: LocatedTensor] = [:]

    /// A tensor and the file that holds it.
    public struct LocatedTensor: Sendable {
        public let tensor: CheckpointTensor
        public let fileIndex: Int
    }

    /// All names, in byte order.
    public var names: [ByteString] { located.keys.sorted() }

    public subscript(name: ByteString) -> LocatedTensor? { located[name] }

    /// The path of the file that holds a tensor.
    public func path(of located: LocatedTensor) -> String { files[located.fileIndex].path }

    /// Opens the checkpoint of a Hugging Face directory: the first of `directoryForms` that is there. A file that turns
    /// out to be bad is an error, never a reason to look for another.
    public init(directory: String, checksums: ChecksumPolicy = .required) throws(InputError) {
        for form in Self.directoryForms where FileProbe.exists(directory + "/" + form.fileName) {
            let path = directory + "/" + form.fileName
            if let suffix = form.shardSuffix {
                try self.init(shardsIn: directory, indexPath: path, suffix: suffix, checksums: checksums)
            } else {
                try self.init(file: path, checksums: checksums)
            }
            return
        }
        let names = Self.directoryForms.map(\.fileName).joined(separator: ", ")
        throw InputError(.checkpointMissing, file: directory, found: "none of \(names)")
    }

    /// The files that may hold a directory's checkpoint, in order of precedence; indexes with the ending of their shards.
    private static let directoryForms: [(fileName: String, shardSuffix: String?)] = [
        ("model.safetensors", nil),
        ("model.safetensors.index.json", ".safetensors"),
        ("pytorch_model.bin", nil),
        ("pytorch_model.bin.index.json", ".bin"),
    ]

    /// Opens a single file, which its name says how to read.
    public init(file path: String, checksums: ChecksumPolicy = .required) throws(InputError) {
        self.checksums = checksums
        try add(try InputFile(opening: path))
    }

    private init(shardsIn directory: String, indexPath: String, suffix: String, checksums: ChecksumPolicy)
        throws(InputError)
    {
        self.checksums = checksums
        let index = try ShardIndex(path: indexPath, shardsEndIn: suffix)
        for name in index.shardNames {
            let path = directory + "/" + name
            if !FileProbe.exists(path) {
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
                    found: "a tensor that \(files[other.fileIndex].name) holds too",
                    required: "one place for each tensor")
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
            let torchFile = try TorchFile(reading: file, checksums: checksums)
            if checksums == .required {
                recordChecksums += RecordChecksums(of: torchFile.storageEntries, in: file)
            }
            headerRanges.append(torchFile.directory)
            leftOut += torchFile.leftOut
            return torchFile.tensors
        case nil:
            throw InputError(
                .unknownFileKind, file: file.path, found: "another ending", required: ".safetensors, .pth, .pt or .bin")
        }
    }

    /// Index and shards must agree on every tensor, both ways.
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

    /// A plan that reads a tensor as stored. `sourceIndexBase` is the graph's index of the checkpoint's first file.
    func plan(for located: LocatedTensor, elementType: ElementType, sourceIndexBase: Int) -> TensorPlan {
        .stored(
            SourceTensor(
                sourceIndex: sourceIndexBase + located.fileIndex, name: located.tensor.name, elementType: elementType,
                shape: located.tensor.shape, byteOffset: located.tensor.byteOffset, strides: located.tensor.strides,
                compressedRecord: located.tensor.compressedRecord))
    }
}

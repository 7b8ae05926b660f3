import Model

/// The tensors of one checkpoint, over all of its files, by name.
public struct Checkpoint: Sendable {
    /// In an order that depends on the files' names only.
    public private(set) var files: [InputFile] = []
    /// Per file, the bytes that describe its tensors: the safetensors header.
    public private(set) var headerRanges: [Range<Int>] = []
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

    /// Opens the checkpoint of a Hugging Face directory: `model.safetensors`, else `model.safetensors.index.json`.
    public init(directory: String) throws(InputError) {
        let single = directory + "/model.safetensors"
        let index = directory + "/model.safetensors.index.json"
        if FileProbe.exists(single) {
            try self.init(safetensors: single)
        } else if FileProbe.exists(index) {
            try self.init(shardsIn: directory, indexPath: index)
        } else {
            throw InputError(
                .checkpointMissing, file: directory, found: "neither model.safetensors nor model.safetensors.index.json"
            )
        }
    }

    /// Opens a single safetensors file.
    public init(safetensors path: String) throws(InputError) {
        try add(try InputFile(opening: path))
    }

    private init(shardsIn directory: String, indexPath: String) throws(InputError) {
        let index = try ShardIndex(path: indexPath)
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
        let header = try SafetensorsHeader.read(file)
        headerRanges.append(0..<header.dataOffset)
        for tensor in header.tensors {
            if let other = located.updateValue(LocatedTensor(tensor: tensor, fileIndex: fileIndex), forKey: tensor.name)
            {
                throw InputError(
                    .shardContents, file: file.path, at: .tensor(tensor.name, headerOffset: tensor.headerOffset),
                    found: "a tensor that \(files[other.fileIndex].name) holds too",
                    required: "one place for each tensor")
            }
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
                shape: located.tensor.shape, byteOffset: located.tensor.byteOffset))
    }
}

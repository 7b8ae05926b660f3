import SkipConvert
import SkipFiles
import SkipFormat
import SkipQuantize

/// Merges adapters into a checkpoint and writes it back as a Hugging Face directory.
///
/// Creating a merge reads only headers:
///
///     let frontEnd = FrontEnd(modelDirectory: "model", adapters: [AdapterInput(path: "adapter")])
///     let merge = try CheckpointMerge(frontEnd)
///     try merge.write(to: "merged")
public struct CheckpointMerge: Sendable {
    /// The name of the file of routers, which Transformers does not load.
    public static let routerFileName = "routers.safetensors"

    public let inputs: FrontEnd.Result
    /// The files of the model's weights and their index.
    public let shards: ShardPlan
    /// The file of the routers; nil without routers.
    public let routers: ShardPlan.Shard?
    /// Names of the files that are copied unchanged.
    public let companions: [String]
    private let modelDirectory: String
    /// Nil if every link is followed.
    private let links: LinkScope?
    private let config: EditableJSONObject
    private let inputFiles: ProtectedFiles

    /// The default for the largest number of bytes of tensors in one file, which is that of Transformers.
    public static let standardShardByteLimit = 5_000_000_000

    /// Reads the inputs and plans every file. `outputType` must not be int8. Unless `followsLinks`, a symbolic link that
    /// leaves the model directory is an error.
    public init(
        _ frontEnd: FrontEnd, outputType: OutputType = .auto, shardByteLimit: Int = standardShardByteLimit,
        followsLinks: Bool = false
    ) throws(CompilationError) {
        precondition(outputType != .int8, "a checkpoint contains floats")
        let inputs = try CompilationInputs.read(frontEnd)
        if inputs.adapters.isEmpty, frontEnd.checkpointPath == nil { throw .nothingToMerge }
        self.inputs = inputs
        modelDirectory = frontEnd.modelDirectory
        inputFiles = CompilationInputs.protectedFiles(frontEnd, inputs)
        let pass = OutputTypePass(outputType)
        let weights = inputs.weights.map { weight in
            var weight = weight
            weight.plan = pass.checkpointPlan(weight.plan, isRouter: weight.isRouter)
            return weight
        }
        let metadata = Self.metadata(inputs)
        shards = ShardPlan(weights.filter { !$0.isRouter }, byteLimit: shardByteLimit, metadata: metadata)
        let routerWeights = weights.filter(\.isRouter)
        routers =
            routerWeights.isEmpty ? nil : ShardPlan.shard(Self.routerFileName, routerWeights, metadata)
        let directory = frontEnd.modelDirectory
        (companions, config, links) = try CompilationError.input { () throws(InputError) in
            let companions = try CompanionFiles.names(in: directory)
            let links = followsLinks ? nil : try LinkScope(directory)
            for path in companions.map({ directory + "/" + $0 }) + inputs.files.map(\.path) { try links?.check(path) }
            return (
                companions.filter { $0 != Self.configName },
                try Self.config(directory, outputType, partsTiedEmbedding: inputs.partsTiedEmbedding), links
            )
        }
    }

    private static let configName = "config.json"

    /// Returns what was merged, for the metadata of the files.
    private static func metadata(_ inputs: FrontEnd.Result) -> [(key: String, value: String)] {
        var facts = [("skipc.version", ToolVersion.text)]
        for (index, adapter) in inputs.adapters.enumerated() {
            let key = Provenance.key("skipc.adapter", index, of: inputs.adapters.count)
            facts += adapter.facts.map { ("\(key).\($0.key)", $0.value) }
        }
        if let kernel = inputs.productKernelName { facts.append(("skipc.blas-kernel", kernel)) }
        return facts
    }

    /// Returns `config.json` with the type of the weights and, if it changes, the tie of the embedding. All other bytes
    /// stay unchanged.
    private static func config(
        _ directory: String, _ outputType: OutputType, partsTiedEmbedding: Bool
    ) throws(InputError) -> EditableJSONObject {
        var config = try EditableJSONObject(path: directory + "/" + configName, syntaxRule: .configSyntax)
        if let name = outputType.torchName {
            for key in ["dtype", "torch_dtype"] as [ByteString] where try config.hasMember(key) {
                try config.set(key, to: .string(name))
            }
        }
        if partsTiedEmbedding { try config.set("tie_word_embeddings", to: false) }
        return config
    }

    /// The number of bytes of all files of tensors.
    public var fileByteCount: Int { files.map(\.layout.fileByteCount).reduce(0, +) }

    /// All files of tensors, in the order in which they are written.
    public var files: [ShardPlan.Shard] { shards.shards + (routers.map { [$0] } ?? []) }

    /// Writes the directory. It gets its name when it is complete. On failure no directory is left behind.
    ///
    /// With `overwrite`, a directory of model files is replaced. With `measuresDeltas`, returns how merging changed each adapted tensor, otherwise nil.
    @discardableResult
    public func write(
        to path: String, overwrite: Bool = false, measuresDeltas: Bool = false,
        temporaryDirectory: String = TemporaryFile.standardDirectory, options: WorkOptions = WorkOptions()
    ) throws(CompilationError) -> [TensorDelta]? {
        try CompilationInputs.check(inputs.recordChecksums, options)
        try CompilationInputs.requireMemory(
            for: files.flatMap(\.weights).map(\.plan), threadCount: options.threadCount)
        let sources = PlanSources(
            files: inputs.files, temporaryDirectory: temporaryDirectory, isCancelled: options.isCancelled)
        return try CompilationError.write { () throws(WriteError) in
            let companionFiles = try openCompanions()
            let companionByteCount = companionFiles.map(\.byteCount).reduce(0, +)
            let directory = try WriteError.output { () throws(OutputError) in
                let directory = try OutputDirectory(path: path, replacing: overwrite ? replacement : nil)
                try directory.requireSpace(fileByteCount + companionByteCount)
                return directory
            }
            let deltas = try writeTensors(
                to: directory, from: sources, measuresDeltas: measuresDeltas, options: options)
            if let index = shards.index { try Self.write(index, to: directory.file(ShardPlan.indexName)) }
            try Self.write(config.bytes, to: directory.file(Self.configName))
            for file in companionFiles { try copy(file, to: directory, isCancelled: options.isCancelled) }
            try WriteError.output { () throws(OutputError) in try directory.publish() }
            return deltas
        }
    }

    /// Earlier outputs and other directories of a model, without anything that another command has written there.
    private var replacement: DirectoryReplacement {
        DirectoryReplacement(inputs: inputFiles) { names in
            names.contains(Self.configName) && !names.contains { $0.hasSuffix(".skipgpt") }
        }
    }

    private func writeTensors(
        to directory: OutputDirectory, from sources: PlanSources, measuresDeltas: Bool, options: WorkOptions
    ) throws(WriteError) -> [TensorDelta]? {
        let progress = ProgressCounter(.weights, totalByteCount: fileByteCount, report: options.progress)
        var deltas: [TensorDelta] = []
        for file in files {
            let collector = measuresDeltas ? DeltaCollector() : nil
            let rows = PlanRowSource(plans: file.weights.map(\.plan), sources: sources, deltas: collector)
            try TensorFileWriter(file.layout, file.weights).write(
                rows: rows, to: directory.file(file.fileName), options: options, progress: progress)
            deltas += collector?.deltas(file.weights.map { "\($0.name)" }) ?? []
        }
        return measuresDeltas ? deltas : nil
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(WriteError) {
        try WriteError.output { () throws(OutputError) in
            let output = try OutputFile(path: path, overwrite: false)
            try output.write(bytes, at: 0)
            try output.synchronize()
            try output.publish()
        }
    }

    /// Opens the files to copy. Checks links again, because they may have changed.
    private func openCompanions() throws(WriteError) -> [InputFile] {
        do throws(InputError) {
            return try companions.map { (name) throws(InputError) in
                let path = modelDirectory + "/" + name
                try links?.check(path)
                return try InputFile(opening: path)
            }
        } catch {
            throw .rows(error)
        }
    }

    private func copy(
        _ file: InputFile, to directory: OutputDirectory, isCancelled: (@Sendable () -> Bool)?
    ) throws(WriteError) {
        do {
            let output = try OutputFile(path: directory.file(file.name), overwrite: false)
            try output.resize(to: file.byteCount)
            for start in stride(from: 0, to: file.byteCount, by: 1 << 20) {
                if isCancelled?() == true { throw WriteError.cancelled }
                let end = min(start + 1 << 20, file.byteCount)
                try output.write(try file.bytes(start..<end), at: start)
            }
            try file.checkUnchanged()
            try output.synchronize()
            try output.publish()
        } catch let error as OutputError {
            throw .output(error)
        } catch let error as WriteError {
            throw error
        } catch {
            throw .rows(error)
        }
    }
}

extension TensorFileWriter {
    fileprivate init(_ layout: SafetensorsLayout, _ weights: [CheckpointWeight]) {
        let tensors = zip(weights, layout.byteOffsets).map { weight, offset in
            StreamedTensor(
                byteOffset: offset, rowCount: weight.plan.shape.rowCount,
                rowByteCount: weight.plan.shape.columnCount * weight.plan.elementType.byteCount)
        }
        self.init(header: layout.header, tensors: tensors, fileByteCount: layout.fileByteCount)
    }
}

extension OutputType {
    /// The name of the type in PyTorch; nil if each tensor keeps its type.
    fileprivate var torchName: String? {
        switch self {
        case .auto, .int8: nil
        case .float32: "float32"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        }
    }
}

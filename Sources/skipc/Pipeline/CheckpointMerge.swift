import Convert
import Format
import Model
import Quantize

/// From a checkpoint and adapters to a Hugging Face directory with the adapters merged.
///
/// As in a conversion, everything before `write` reads headers only.
struct CheckpointMerge {
    static let routerFileName = "routers.safetensors"

    let inputs: FrontEnd.Result
    let shards: ShardPlan
    /// The routers, in a file of their own; nil without any.
    let routers: ShardPlan.Shard?
    /// Files that are copied as they are.
    let companions: [String]
    private let modelDirectory: String
    private let config: ConfigText

    init(_ frontEnd: FrontEnd, outputType: OutputType, shardByteLimit: Int) throws {
        inputs = try frontEnd.readUsingEveryOption()
        try inputs.graph.verify(.imported)
        if inputs.adapters.isEmpty, frontEnd.checkpointPath == nil {
            throw UsageError(message: "there is nothing to merge", hint: "give an adapter: --lora PATH")
        }
        modelDirectory = frontEnd.modelDirectory
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
        companions = try CompanionFiles.names(in: modelDirectory).filter { $0 != "config.json" }
        config = try Self.config(modelDirectory, outputType, partsTiedEmbedding: inputs.partsTiedEmbedding)
    }

    /// What was merged, as the files' metadata says it.
    private static func metadata(_ inputs: FrontEnd.Result) -> [(key: String, value: String)] {
        var facts = [("skipc.version", ToolVersion.text)]
        for (index, adapter) in inputs.adapters.enumerated() {
            let key = Provenance.key("skipc.adapter", index, of: inputs.adapters.count)
            facts += adapter.facts.map { ("\(key).\($0.key)", $0.value) }
        }
        if let kernel = inputs.productKernelName { facts.append(("skipc.blas-kernel", kernel)) }
        return facts
    }

    /// `config.json`, byte for byte but for what the merge changes: the type of the weights, and the tie of the embedding.
    private static func config(
        _ directory: String, _ outputType: OutputType, partsTiedEmbedding: Bool
    ) throws -> ConfigText {
        var config = try ConfigText(path: directory + "/config.json")
        if let name = outputType.torchName {
            for key in ["dtype", "torch_dtype"] where try config.hasMember(key) {
                try config.set(key, to: "\"\(name)\"")
            }
        }
        if partsTiedEmbedding { try config.set("tie_word_embeddings", to: "false") }
        return config
    }

    var fileByteCount: Int {
        files.map(\.layout.fileByteCount).reduce(0, +)
    }

    /// All files of tensors, in the order in which they are written.
    var files: [ShardPlan.Shard] { shards.shards + (routers.map { [$0] } ?? []) }

    /// Writes the directory; nothing is left behind if it fails. Gives what merging did to the tensors of each of `files`,
    /// if that is to be measured.
    func write(
        to path: String, threadCount: Int, progress style: ProgressStyle, measuresDeltas: Bool
    ) throws -> [DeltaCollector] {
        Interruption.startNoting()
        try ChecksumPass.run(inputs.recordChecksums, threadCount: threadCount, progress: style)
        let progress = ProgressReporter("merge", total: fileByteCount, style: style)
        defer { progress.finish() }
        do throws(WriteError) {
            let directory = try OutputDirectory(path: path)
            let factors = FactorCache()
            var done = 0
            var collectors: [DeltaCollector] = []
            for shard in files {
                let before = done
                var writer = TensorFileWriter(shard.layout, shard.weights)
                writer.threadCount = threadCount
                writer.progress = { progress.update(before + $0) }
                writer.isCancelled = { Interruption.pending != nil }
                let deltas = measuresDeltas ? DeltaCollector() : nil
                if let deltas { collectors.append(deltas) }
                let rows = PlanRowSource(
                    plans: shard.weights.map(\.plan), files: inputs.files, factors: factors, deltas: deltas)
                try writer.write(rows: rows, to: directory.file(shard.fileName))
                done += shard.layout.fileByteCount
            }
            if let index = shards.index { try Self.write(index, to: directory.file(ShardPlan.indexName)) }
            try Self.write(config.bytes, to: directory.file("config.json"))
            for name in companions { try copy(name, to: directory) }
            try directory.publish()
            return collectors
        } catch {
            throw error.cause
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(WriteError) {
        let output = try OutputFile(path: path, overwrite: false)
        try output.write(bytes, at: 0)
        try output.synchronize()
        try output.publish()
    }

    private func copy(_ name: String, to directory: OutputDirectory) throws(WriteError) {
        let output = try OutputFile(path: directory.file(name), overwrite: false)
        do {
            let file = try InputFile(opening: modelDirectory + "/" + name)
            for start in stride(from: 0, to: file.byteCount, by: 1 << 20) {
                let end = min(start + 1 << 20, file.byteCount)
                try output.write(try file.bytes(start..<end), at: start)
            }
            try file.checkUnchanged()
        } catch {
            throw (error as? WriteError) ?? .rows(error)
        }
        try output.synchronize()
        try output.publish()
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
    /// The type's name in PyTorch; nil where each tensor keeps its own.
    fileprivate var torchName: String? {
        switch self {
        case .auto, .int8: nil
        case .float32: "float32"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        }
    }
}

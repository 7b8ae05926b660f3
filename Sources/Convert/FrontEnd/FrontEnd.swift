import SkipFiles
import SkipModel

/// From input files to a verified graph: reads headers, never a weight.
public struct FrontEnd: Sendable {
    /// A Hugging Face directory.
    public let modelDirectory: String
    /// A file that holds the checkpoint instead of the directory's own: what training saved, with layers wrapped or not.
    public var checkpointPath: String?
    /// A file of routers, safetensors or torch by its name; nil where the checkpoint holds them, or for a dense model.
    public var routerPath: String?
    /// Adapters to be merged, in this order.
    public var adapters: [AdapterRequest]
    /// The alpha of adapters that do not say theirs: files of LoRA tensors alone, and the adapter inside a checkpoint.
    public var adapterAlpha: Double?
    /// What is made of the checksums in torch files.
    public var checksums = ChecksumPolicy.required

    public init(
        modelDirectory: String, checkpointPath: String? = nil, routerPath: String? = nil,
        adapters: [AdapterRequest] = []
    ) {
        self.modelDirectory = modelDirectory
        self.checkpointPath = checkpointPath
        self.routerPath = routerPath
        self.adapters = adapters
    }

    /// What the front end found.
    public struct Result: Sendable {
        public let graph: ModelGraph
        /// The files that the graph's sources stand for, same order.
        public let files: [InputFile]
        /// Per file, the bytes that describe its tensors.
        public let headerRanges: [Range<Int>]
        /// Checksums of torch files, which reading headers leaves unchecked.
        public let recordChecksums: RecordChecksums
        /// The graph's tensors as a checkpoint names them, in the order in which the inputs hold them.
        public let weights: [CheckpointWeight]
        /// The adapters that were merged, the checkpoint's own first.
        public let adapters: [AppliedAdapter]
        /// The configuration ties the head to the embedding, but an adapter gave one of them weights of its own.
        public let partsTiedEmbedding: Bool
        /// What became of every tensor of every input.
        public let ledger: [LedgerEntry]

        /// Tensors of the inputs that are not in the graph, each with the reason.
        public var leftOut: [LeftOutTensor] {
            ledger.compactMap { entry in
                guard case .leftOut(let reason) = entry.fate else { return nil }
                return LeftOutTensor(file: entry.file, name: entry.name, reason: reason)
            }
        }
    }

    /// Reads the configuration and all headers and builds the graph. Every tensor of every input is used, or named as
    /// left out in the ledger, or an error.
    public func read() throws(InputError) -> Result {
        let configPath = modelDirectory + "/config.json"
        let config = ConfigReader(
            file: configPath, object: try JSONFile.object(configPath, syntaxRule: .configSyntax))
        let family = try CheckpointFamilies.family(config)
        var configuration = try configuration(config, family)
        var table = WeightTable()
        let base = try addBase(to: &table)
        var merger = AdapterMerger(
            table: table, tie: configuration.tiesWordEmbeddings ? embeddingTie(family.tensorNames) : nil)
        if !base.adapterParts.isEmpty {
            try merger.apply(try Adapter.inside(base, givenAlpha: adapterAlpha), firstSource: 0)
        }
        for adapter in adapters { try merger.apply(adapter, givenAlpha: adapterAlpha, checksums: checksums) }
        let partsTiedEmbedding = configuration.tiesWordEmbeddings && merger.tie == nil
        if partsTiedEmbedding { configuration.tiesWordEmbeddings = false }
        var builder = GraphBuilder(configuration: configuration, names: family.tensorNames, table: merger.table)
        try builder.placeRouters()
        try builder.placeWeights(biases: try family.biases(config, configuration), configPath: configPath)
        return builder.result(adapters: merger.applied, partsTiedEmbedding: partsTiedEmbedding)
    }

    /// The family's configuration with the end-of-text tokens that generation uses.
    private func configuration(_ config: ConfigReader, _ family: any CheckpointFamily) throws(InputError)
        -> ModelConfiguration
    {
        var configuration = try family.configuration(config)
        if let endOfText = try GenerationConfig(directory: modelDirectory).endOfTextTokenIDs(
            vocabularySize: configuration.vocabularySize)
        {
            configuration.endOfTextTokenIDs = endOfText
        }
        configuration.endOfTextTokenIDs = Set(configuration.endOfTextTokenIDs).sorted()
        if configuration.endOfTextTokenIDs.count > ModelConfiguration.endOfTextTokenLimit {
            throw config.error(
                .configValue, "eos_token_id", found: "\(configuration.endOfTextTokenIDs.count) tokens",
                required: "at most \(ModelConfiguration.endOfTextTokenLimit)")
        }
        return configuration
    }

    /// The embedding and the head, by the names that an adapter's tensors refer to.
    private func embeddingTie(_ names: TensorNames) -> AdapterMerger.EmbeddingTie? {
        guard let embedding = names.name(of: TensorID(.tokenEmbedding)),
            let head = names.name(of: TensorID(.outputHead))
        else { return nil }
        return AdapterMerger.EmbeddingTie(embedding: ByteString(embedding), head: ByteString(head))
    }

    /// Takes in the base checkpoint, and routers from a file of their own if one is given.
    private func addBase(to table: inout WeightTable) throws(InputError) -> NamedCheckpoint {
        let checkpoint =
            if let checkpointPath { try Checkpoint(file: checkpointPath, checksums: checksums) } else {
                try Checkpoint(directory: modelDirectory, checksums: checksums)
            }
        let base = try NamedCheckpoint(checkpoint)
        let firstSource = table.addFiles(of: checkpoint)
        for name in base.names { table.add(name, from: base, firstSource: firstSource) }
        guard let routerPath else { return base }
        if let router = base.names.first(where: RouterTensorName.belongsToRouter), let weight = table[router] {
            throw weight.error(
                .routersTwice, found: "routers in the checkpoint and in \(routerPath)", required: "one set of routers")
        }
        try addRouters(routerPath, to: &table)
        return base
    }

    private func addRouters(_ path: String, to table: inout WeightTable) throws(InputError) {
        let named = try NamedCheckpoint(try Checkpoint(file: path, checksums: checksums))
        let firstSource = table.addFiles(of: named.checkpoint)
        var others = named.adapterParts.map(\.stored)
        for name in named.names {
            if RouterTensorName.belongsToRouter(name) {
                table.add(name, from: named, firstSource: firstSource)
            } else if let stored = named.weights[name] {
                others.append(stored)
            }
        }
        if others.count == named.checkpoint.names.count {
            throw InputError(
                .routersAbsent, file: path, found: "none among \(others.count) tensors",
                required: "model.layers.N.router_attention… or router_mlp…")
        }
        for stored in others.sorted() { table.record(stored, of: named.checkpoint, .leftOut(.notRouter)) }
    }
}

/// `generation_config.json`, which overrides the end-of-text tokens of `config.json` when a model generates.
private struct GenerationConfig {
    let directory: String

    func endOfTextTokenIDs(vocabularySize: Int) throws(InputError) -> [Int]? {
        let path = directory + "/generation_config.json"
        guard FileProbe.exists(path) else { return nil }
        let config = ConfigReader(file: path, object: try JSONFile.object(path, syntaxRule: .configSyntax))
        return try config.integers("eos_token_id", in: 0...vocabularySize - 1)
    }
}

import SkipFiles
import SkipModel

/// Reads the headers of all input files and builds the model's graph. Reads weights only to compare an output head with
/// the embedding that the configuration ties it to.
public struct FrontEnd: Sendable {
    /// The Hugging Face directory.
    public let modelDirectory: String
    /// A file to read the weights from, as training saves it; nil: the directory's own.
    public var checkpointPath: String?
    /// The file of the routers; nil if the checkpoint holds them, or for a dense model.
    public var routerPath: String?
    /// The routers that are used if `routerPath` is nil.
    public var routerFallback = RouterFallback.checkpoint
    /// The adapters to merge, in this order.
    public var adapters: [AdapterInput]
    /// The alpha of adapters without a configuration: files of LoRA tensors, and the adapter inside a checkpoint.
    public var adapterAlpha: Double?
    /// How the checksums in torch files are treated.
    public var checksums = ChecksumPolicy.required
    /// Which dict is the state dict in the checkpoint's torch files, or in that of the routers if it has none.
    public var stateDictionary = StateDictionarySelection.only

    /// The families that are recognized; tests add their own.
    var families: [any CheckpointFamily] = CheckpointFamilies.all

    public init(
        modelDirectory: String, checkpointPath: String? = nil, routerPath: String? = nil,
        adapters: [AdapterInput] = []
    ) {
        self.modelDirectory = modelDirectory
        self.checkpointPath = checkpointPath
        self.routerPath = routerPath
        self.adapters = adapters
    }

    /// The graph, and what the front end learned about the inputs.
    public struct Result: Sendable {
        public let graph: ModelGraph
        /// The files of the graph's sources, in the same order.
        public let files: [InputFile]
        /// For each file, the range of the bytes that describe its tensors.
        public let headerRanges: [Range<Int>]
        /// The checksums of torch files that must be checked before weights are used.
        public let recordChecksums: RecordChecksums
        /// The stored tensors of the model by their names in a checkpoint, in the order of the inputs' bytes.
        public let weights: [CheckpointWeight]
        /// The merged adapters; the adapter inside the checkpoint is the first.
        public let adapters: [MergedAdapter]
        /// Whether the configuration ties the head to the embedding, but the checkpoint or an adapter has two tensors.
        public let partsTiedEmbedding: Bool
        /// What the user should know about the configuration, in the order of reading.
        public let configurationNotes: [ConfigurationNote]
        /// The file of routers that was found in the model directory.
        public let foundRouterPath: String?
        /// What happened to every tensor of every input.
        public let ledger: [LedgerEntry]

        /// The tensors of the inputs that are not in the graph, with the reasons.
        public var leftOut: [LeftOutTensor] {
            ledger.compactMap { entry in
                guard case .leftOut(let reason) = entry.fate else { return nil }
                return LeftOutTensor(file: entry.file, name: entry.name, reason: reason)
            }
        }
    }

    /// Reads the configuration and all headers and builds the graph. Every tensor of every input is used, recorded as left
    /// out in the ledger, or an error.
    public func read() throws(InputError) -> Result {
        let configPath = modelDirectory + "/" + KnownFileNames.configuration
        if try !FileProbe.exists(configPath) {
            // An error about the directory, if there is none.
            _ = try FileProbe.resolved(modelDirectory)
            if let fault = try DirectoryForm.modelFault(modelDirectory, needsWeights: checkpointPath == nil) {
                throw fault
            }
        }
        let record = ConfigurationRecord()
        let config = ConfigReader(
            file: configPath, object: try RecognizedJSON.object(configPath, syntaxRule: .configSyntax), record: record)
        let family = try CheckpointFamilies.family(config, among: families)
        var configuration = try configuration(config, family)
        let biases = try family.biases(config, configuration)
        try UnreadFields(config: config, className: family.classNames[0], ignoredFields: family.ignoredFields)
            .check(configuration)
        var table = WeightTable()
        var foundRouterPath: String?
        let base = try addBase(to: &table, foundRouterPath: &foundRouterPath)
        let tie =
            configuration.tiesWordEmbeddings ? try EmbeddingTieResolver(family.placements).tie(in: &table) : nil
        var merger = AdapterMergePass(table: table, tie: tie)
        if !base.adapterParts.isEmpty {
            try merger.apply(try ParsedAdapter.inside(base, givenAlpha: adapterAlpha), firstSource: 0)
        }
        for adapter in adapters { try merger.apply(adapter, givenAlpha: adapterAlpha, checksums: checksums) }
        let partsTiedEmbedding = configuration.tiesWordEmbeddings && merger.tie == nil
        if partsTiedEmbedding { configuration.tiesWordEmbeddings = false }
        var builder = GraphBuilder(configuration: configuration, placements: family.placements, table: merger.table)
        try builder.placeRouters()
        try builder.placeWeights(biases: biases, configPath: configPath)
        return builder.result(
            adapters: merger.applied, partsTiedEmbedding: partsTiedEmbedding, configurationNotes: record.notes,
            foundRouterPath: foundRouterPath)
    }

    /// Reads the family's configuration, with the end-of-text tokens that generation uses.
    private func configuration(_ config: ConfigReader, _ family: any CheckpointFamily) throws(InputError)
        -> ModelConfiguration
    {
        var configuration = try family.configuration(config)
        if let endOfText = try GenerationConfig(directory: modelDirectory).endOfTextTokenIDs(
            vocabularySize: configuration.vocabularySize)
        {
            configuration.endOfTextTokenIDs = endOfText
            config.record?.removeDefault(of: "eos_token_id")
        }
        configuration.endOfTextTokenIDs = Set(configuration.endOfTextTokenIDs).sorted()
        if configuration.endOfTextTokenIDs.count > ModelConfiguration.endOfTextTokenLimit {
            throw config.error(
                .configValue, "eos_token_id", found: "\(configuration.endOfTextTokenIDs.count) tokens",
                required: "at most \(ModelConfiguration.endOfTextTokenLimit)")
        }
        return configuration
    }

    /// Adds the base checkpoint, and the routers if they have a file of their own. Sets the path if that file is not
    /// `routerPath`.
    private func addBase(
        to table: inout WeightTable, foundRouterPath: inout String?
    ) throws(InputError) -> NamedCheckpoint {
        let checkpoint =
            if let checkpointPath {
                try Checkpoint(file: checkpointPath, checksums: checksums, stateDictionary: stateDictionary)
            } else {
                try Checkpoint(directory: modelDirectory, checksums: checksums, stateDictionary: stateDictionary)
            }
        if let fault = checkpoint.nameForm(configuredIn: modelDirectory).modelFault() { throw fault }
        let base = try NamedCheckpoint(checkpoint)
        if let fault = base.modelFault() { throw fault }
        let firstSource = table.addFiles(of: checkpoint)
        for name in base.names { table.add(name, from: base, firstSource: firstSource) }
        let routerSelection = checkpoint.hasTorchFile ? .only : stateDictionary
        let routers = base.names.filter(RouterTensorName.belongsToRouter)
        if routerPath == nil {
            switch routerFallback {
            case .checkpoint: break
            case .directory where routers.isEmpty: foundRouterPath = try RouterFallback.file(in: modelDirectory)
            case .directory: break
            case .none: for name in routers { table.remove(name, .notRequested) }
            }
        }
        guard let routerPath = routerPath ?? foundRouterPath else {
            try checkSelection(routerSelection, path: checkpoint.files.first?.path)
            return base
        }
        if let router = routers.first, let weight = table[router] {
            throw weight.error(
                .routersTwice, found: "routers in the checkpoint and in \(routerPath)", required: "one set of routers")
        }
        try addRouters(routerPath, routerSelection, to: &table)
        return base
    }

    /// Refuses a key of a state dict if no torch file is left in which it could choose.
    private func checkSelection(_ selection: StateDictionarySelection, path: String?) throws(InputError) {
        if case .key(let key) = selection {
            throw InputError(
                .stateDictionaryKey, file: path ?? modelDirectory, found: "--state-dict \(key) without a torch file",
                required: "no --state-dict")
        }
    }

    private func addRouters(_ path: String, _ selection: StateDictionarySelection, to table: inout WeightTable)
        throws(InputError)
    {
        let checkpoint = try Checkpoint(file: path, checksums: checksums, stateDictionary: selection)
        if !checkpoint.hasTorchFile { try checkSelection(selection, path: path) }
        let named = try NamedCheckpoint(checkpoint)
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
            let form = named.checkpoint.nameForm(configuredIn: modelDirectory)
            if let fault = form.adapterFault() { throw fault }
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
        guard try FileProbe.exists(path) else { return nil }
        let config = ConfigReader(file: path, object: try RecognizedJSON.object(path, syntaxRule: .configSyntax))
        return try config.integers("eos_token_id", in: 0...vocabularySize - 1)
    }
}

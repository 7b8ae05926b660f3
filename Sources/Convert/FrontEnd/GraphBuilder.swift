import SkipFiles
import SkipModel

/// Assembles the graph from the table of weights: each is placed, or named as left out, or an error.
struct GraphBuilder {
    private var configuration: ModelConfiguration
    private let names: TensorNames
    private var table: WeightTable
    private var tensors: [GraphTensor] = []
    private var weights: [CheckpointWeight] = []

    init(configuration: ModelConfiguration, names: TensorNames, table: WeightTable) {
        self.configuration = configuration
        self.names = names
        self.table = table
    }

    /// Finds the kind of every layer's routers and places their tensors.
    mutating func placeRouters() throws(InputError) {
        let routers = try RouterSet(of: table)
        try routers.checkLayers(layerCount: configuration.layers.count)
        for layer in configuration.layers.indices {
            configuration.layers[layer].attentionRouter = try routers.kind(
                layer: layer, module: .attention, hiddenSize: configuration.hiddenSize)
            configuration.layers[layer].mlpRouter = try routers.kind(
                layer: layer, module: .mlp, hiddenSize: configuration.hiddenSize)
        }
        for (id, weight) in routers.weights { try place(id, weight) }
    }

    /// Places the model's own tensors and makes sure that none is missing or left over.
    mutating func placeWeights(biases: [TensorID], configPath: String) throws(InputError) {
        var expected = Set(configuration.requiredTensors + biases).filter { $0.role.routedModule == nil }
        for name in table.names where !RouterTensorName.belongsToRouter(name) {
            guard let weight = table[name] else { continue }
            switch names.meaning(of: name) {
            case .ignored: table.record(weight, .leftOut(.derivedBuffer))
            case .tensor(TensorID(.outputHead)) where configuration.tiesWordEmbeddings:
                table.record(weight, .leftOut(.tiedHead))
            case .tensor(let id):
                if let layer = id.layer, layer >= configuration.layers.count {
                    throw weight.error(
                        .tensorUnexpected, found: "layer \(layer)",
                        required: "num_hidden_layers is \(configuration.layers.count)")
                }
                if !expected.contains(id) {
                    throw weight.error(.tensorUnexpected, found: "a tensor that the configuration does not have")
                }
                try place(id, weight)
                expected.remove(id)
            case .unknown:
                throw weight.error(.tensorUnexpected, found: "a tensor that this architecture does not have")
            }
        }
        if let missing = expected.min() { throw missingTensor(missing, count: expected.count, configPath: configPath) }
    }

    private mutating func place(_ id: TensorID, _ weight: WeightTable.Weight) throws(InputError) {
        guard let plan = weight.plan else {
            throw weight.error(.tensorElementType, found: weight.storedType.rawValue, required: "a float type")
        }
        let shape = configuration.shape(of: id)
        if shape != weight.shape {
            throw weight.error(
                .tensorShape, found: "shape \(weight.shape)",
                required: shape.map { "\($0), as the configuration says" } ?? "no such tensor")
        }
        tensors.append(GraphTensor(id: id, plan: plan))
        weights.append(CheckpointWeight(name: weight.name, plan: plan, isRouter: id.role.routedModule != nil))
        table.record(weight, .placed(id))
    }

    private func missingTensor(_ id: TensorID, count: Int, configPath: String) -> InputError {
        let name = ByteString(names.name(of: id) ?? id.description)
        let layers = table.names.lazy.filter { !RouterTensorName.belongsToRouter($0) }
            .compactMap { LayerTensorName($0)?.layer }
        let present = layers.max().map { $0 + 1 } ?? 0
        if let layer = id.layer, layer >= present {
            return InputError(
                .configLayerCount, file: configPath, at: .field("num_hidden_layers"),
                found: "\(configuration.layers.count)",
                required: "\(present): the checkpoint holds no tensor of layer \(layer)")
        }
        return InputError(
            .tensorMissing, file: table.files.first?.path ?? configPath, at: .tensor(name, headerOffset: nil),
            found: count == 1 ? "no such tensor" : "no such tensor, nor \(count - 1) others",
            required: configuration.shape(of: id).map { "shape \($0)" } ?? "")
    }

    /// The graph in canonical order, with its files.
    func result(adapters: [MergedAdapter], partsTiedEmbedding: Bool) -> FrontEnd.Result {
        let graph = ModelGraph(
            configuration: configuration,
            sources: table.files.map { SourceRecord(name: $0.name, byteCount: $0.byteCount) },
            tensors: tensors.sorted { $0.id < $1.id })
        return FrontEnd.Result(
            graph: graph, files: table.files, headerRanges: table.headerRanges,
            recordChecksums: table.recordChecksums, weights: weights.sorted { $0.isBefore($1) }, adapters: adapters,
            partsTiedEmbedding: partsTiedEmbedding, ledger: table.ledger)
    }
}

extension CheckpointWeight {
    /// The order of the inputs' bytes.
    fileprivate func isBefore(_ other: CheckpointWeight) -> Bool {
        guard let source = plan.sources.first, let otherSource = other.plan.sources.first else {
            return name < other.name
        }
        if source.sourceIndex != otherSource.sourceIndex { return source.sourceIndex < otherSource.sourceIndex }
        if source.byteOffset != otherSource.byteOffset { return source.byteOffset < otherSource.byteOffset }
        return name < other.name
    }
}

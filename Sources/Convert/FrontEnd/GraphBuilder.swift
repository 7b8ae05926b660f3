import SkipFiles
import SkipModel

/// Builds the graph from the table of weights. Every weight is placed, recorded as left out, or an error.
struct GraphBuilder {
    private var configuration: ModelConfiguration
    private let placements: PlacementTable
    private var table: WeightTable
    private var tensors: [GraphTensor] = []
    private var weights: [CheckpointWeight] = []

    init(configuration: ModelConfiguration, placements: PlacementTable, table: WeightTable) {
        self.configuration = configuration
        self.placements = placements
        self.table = table
    }

    /// Determines the kind of every router and places the routers' tensors.
    mutating func placeRouters() throws(InputError) {
        let routers = try RouterSet(of: table)
        try routers.checkLayers(layerCount: configuration.layers.count)
        for layer in configuration.layers.indices {
            configuration.layers[layer].attentionRouter = try routers.kind(
                layer: layer, module: .attention, hiddenSize: configuration.hiddenSize)
            configuration.layers[layer].mlpRouter = try routers.kind(
                layer: layer, module: .mlp, hiddenSize: configuration.hiddenSize)
        }
        for (id, weight) in routers.weights { try place(weight, as: [(id, 0)]) }
    }

    /// Places the model's own tensors. Throws if one is missing or does not belong to the model.
    mutating func placeWeights(biases: [TensorID], configPath: String) throws(InputError) {
        var expected = Set(configuration.requiredTensors + biases).filter { $0.role.routedModule == nil }
        for name in table.names where !RouterTensorName.belongsToRouter(name) {
            guard let weight = table[name] else { continue }
            switch placements.meaning(of: name) {
            case .placements([TensorPlacement(.outputHead)], layer: nil) where configuration.tiesWordEmbeddings:
                table.record(weight, .leftOut(.tiedHead))
            case .placements(let placements, let layer):
                if let layer, layer >= configuration.layers.count {
                    throw weight.error(
                        .tensorUnexpected, found: "layer \(layer)",
                        required: "num_hidden_layers is \(configuration.layers.count)")
                }
                let parts = placements.map { (id: TensorID($0.role, layer: layer), offset: $0.offset) }
                if !expected.isSuperset(of: parts.map(\.id)) {
                    throw weight.error(.tensorUnexpected, found: "a tensor that the configuration does not have")
                }
                try place(weight, as: parts)
                expected.subtract(parts.map(\.id))
            case .unknown where DerivedBuffers.contains(name): table.record(weight, .leftOut(.derivedBuffer))
            case .unknown:
                throw weight.error(
                    .tensorUnexpected,
                    found: OtherModelKind.kind(ofTensor: name).map { "a part of \($0)" }
                        ?? "a tensor that this architecture does not have")
            }
        }
        if let missing = expected.min() { throw missingTensor(missing, count: expected.count, configPath: configPath) }
    }

    /// Places a stored tensor, whose rows are the tensors of `parts` one after the other.
    private mutating func place(
        _ weight: WeightTable.Weight, as parts: [(id: TensorID, offset: Float)]
    ) throws(InputError) {
        guard let plan = weight.plan else {
            throw weight.error(.tensorElementType, found: weight.storedType.rawValue, required: "a float type")
        }
        let shapes = parts.compactMap { configuration.shape(of: $0.id) }
        let required = shapes.count == parts.count ? Self.stacked(shapes) : nil
        if required != weight.shape {
            throw weight.error(
                .tensorShape, found: "shape \(weight.shape)",
                required: required.map { "\($0), as the configuration says" } ?? "no such tensor")
        }
        var firstRow = 0
        for (part, shape) in zip(parts, shapes) {
            let rows = firstRow..<firstRow + shape.dimensions[0]
            var partPlan = parts.count == 1 ? plan : .slice(plan, rows)
            if part.offset != 0 { partPlan = .offset(partPlan, by: part.offset) }
            tensors.append(GraphTensor(id: part.id, plan: partPlan))
            firstRow = rows.upperBound
        }
        let isRouter = parts.contains { $0.id.role.routedModule != nil }
        weights.append(CheckpointWeight(name: weight.name, plan: plan, isRouter: isRouter))
        table.record(weight, .placed(parts.map(\.id)))
    }

    /// The shape of tensors whose rows are stacked; nil if their rows have different lengths.
    private static func stacked(_ shapes: [TensorShape]) -> TensorShape? {
        guard let first = shapes.first, shapes.allSatisfy({ $0.dimensions.dropFirst() == first.dimensions.dropFirst() })
        else { return nil }
        return TensorShape([shapes.reduce(0) { $0 + $1.dimensions[0] }] + first.dimensions.dropFirst())
    }

    private func missingTensor(_ id: TensorID, count: Int, configPath: String) -> InputError {
        let shards = table.files.filter { FileNameForm.isShard($0.name) }
        if shards.count == 1 { return InputError(.singleShard, file: shards[0].path, found: "") }
        let name = ByteString(placements.name(of: id) ?? id.description)
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

    /// Returns the graph in canonical order, with its files.
    func result(
        adapters: [MergedAdapter], partsTiedEmbedding: Bool, configurationNotes: [ConfigurationNote],
        foundRouterPath: String?
    ) -> FrontEnd.Result {
        let graph = ModelGraph(
            configuration: configuration,
            sources: table.files.map { SourceRecord(name: $0.name, byteCount: $0.byteCount) },
            tensors: tensors.sorted { $0.id < $1.id })
        return FrontEnd.Result(
            graph: graph, files: table.files, headerRanges: table.headerRanges,
            recordChecksums: table.recordChecksums, weights: weights.sorted { $0.isBefore($1) }, adapters: adapters,
            partsTiedEmbedding: partsTiedEmbedding, configurationNotes: configurationNotes,
            foundRouterPath: foundRouterPath, ledger: table.ledger)
    }
}

extension CheckpointWeight {
    /// Orders weights by their position in the inputs.
    fileprivate func isBefore(_ other: CheckpointWeight) -> Bool {
        guard let source = plan.sources.first, let otherSource = other.plan.sources.first else {
            return name < other.name
        }
        if source.sourceIndex != otherSource.sourceIndex { return source.sourceIndex < otherSource.sourceIndex }
        if source.byteOffset != otherSource.byteOffset { return source.byteOffset < otherSource.byteOffset }
        return name < other.name
    }
}

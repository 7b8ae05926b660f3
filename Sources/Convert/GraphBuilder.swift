import Model

/// Assembles the graph from the checkpoint's tensors: each is placed, or named as left out, or an error.
struct GraphBuilder {
    private var configuration: ModelConfiguration
    private let names: TensorNames
    private let base: Checkpoint
    /// The checkpoint given as routers; nil when the base holds them or there are none.
    private var routerCheckpoint: Checkpoint?
    private var tensors: [GraphTensor] = []
    private var leftOut: [LeftOutTensor] = []

    init(configuration: ModelConfiguration, names: TensorNames, base: Checkpoint) {
        self.configuration = configuration
        self.names = names
        self.base = base
    }

    // MARK: Routers

    /// Takes routers from a file of their own or, without one, from the base checkpoint.
    mutating func addRouters(from path: String?) throws(InputError) {
        let baseRouters = try RouterSet(of: base)
        guard let path else {
            try place(baseRouters, of: base, sourceIndexBase: 0)
            return
        }
        if let name = baseRouters.names.values.min() {
            throw InputError(
                .routersTwice, file: base[name].map(base.path(of:)) ?? "", at: .tensor(name, headerOffset: nil),
                found: "routers in the checkpoint and in \(path)", required: "one set of routers")
        }
        let checkpoint = try Checkpoint(file: path)
        let routers = try RouterSet(of: checkpoint)
        if routers.isEmpty {
            throw InputError(
                .routersAbsent, file: path, found: "none among \(checkpoint.names.count) tensors",
                required: "model.layers.N.router_attention… or router_mlp…")
        }
        for name in routers.otherNames { leftOut.append(LeftOutTensor(file: path, name: name, reason: .notRouter)) }
        try place(routers, of: checkpoint, sourceIndexBase: base.files.count)
        routerCheckpoint = checkpoint
    }

    private mutating func place(_ routers: RouterSet, of checkpoint: Checkpoint, sourceIndexBase: Int)
        throws(InputError)
    {
        try routers.checkLayers(layerCount: configuration.layers.count)
        for layer in configuration.layers.indices {
            configuration.layers[layer].attentionRouter = try routers.kind(
                layer: layer, module: .attention, hiddenSize: configuration.hiddenSize)
            configuration.layers[layer].mlpRouter = try routers.kind(
                layer: layer, module: .mlp, hiddenSize: configuration.hiddenSize)
        }
        for (id, name) in routers.names { try place(id, name, of: checkpoint, sourceIndexBase: sourceIndexBase) }
    }

    // MARK: The base model

    /// Places the base checkpoint's tensors and makes sure that none is missing or left over.
    mutating func addBase(biases: [TensorID], configPath: String) throws(InputError) {
        var expected = Set(configuration.requiredTensors + biases)
        let baseHoldsRouters = routerCheckpoint == nil
        for name in base.names {
            if baseHoldsRouters, (try? RouterTensorName(name)) ?? nil != nil { continue }
            guard let located = base[name] else { continue }
            switch names.meaning(of: name) {
            case .ignored: leave(name, located, .derivedBuffer)
            case .tensor(TensorID(.outputHead)) where configuration.tiesWordEmbeddings: leave(name, located, .tiedHead)
            case .tensor(let id):
                if let layer = id.layer, layer >= configuration.layers.count {
                    throw unexpected(
                        name, located, found: "layer \(layer)",
                        required: "num_hidden_layers is \(configuration.layers.count)")
                }
                if !expected.contains(id) {
                    throw unexpected(
                        name, located, found: "a tensor that the configuration does not have", required: "")
                }
                try place(id, name, of: base, sourceIndexBase: 0)
                expected.remove(id)
            case .unknown:
                throw unexpected(name, located, found: "a tensor that this architecture does not have", required: "")
            }
        }
        expected = expected.filter { $0.role.routedModule == nil }
        if let missing = expected.min() { throw missingTensor(missing, count: expected.count, configPath: configPath) }
    }

    private mutating func leave(_ name: ByteString, _ located: Checkpoint.LocatedTensor, _ reason: LeftOutTensor.Reason)
    {
        leftOut.append(LeftOutTensor(file: base.path(of: located), name: name, reason: reason))
    }

    private mutating func place(_ id: TensorID, _ name: ByteString, of checkpoint: Checkpoint, sourceIndexBase: Int)
        throws(InputError)
    {
        guard let located = checkpoint[name] else { return }
        let place = InputPlace.tensor(name, headerOffset: located.tensor.headerOffset)
        guard let elementType = located.tensor.storedType.elementType else {
            throw InputError(
                .tensorElementType, file: checkpoint.path(of: located), at: place,
                found: located.tensor.storedType.rawValue, required: "a float type")
        }
        let shape = configuration.shape(of: id)
        if shape != located.tensor.shape {
            throw InputError(
                .tensorShape, file: checkpoint.path(of: located), at: place, found: "shape \(located.tensor.shape)",
                required: shape.map { "\($0), as the configuration says" } ?? "no such tensor")
        }
        let plan = checkpoint.plan(for: located, elementType: elementType, sourceIndexBase: sourceIndexBase)
        tensors.append(GraphTensor(id: id, plan: plan))
    }

    private func unexpected(_ name: ByteString, _ located: Checkpoint.LocatedTensor, found: String, required: String)
        -> InputError
    {
        InputError(
            .tensorUnexpected, file: base.path(of: located),
            at: .tensor(name, headerOffset: located.tensor.headerOffset),
            found: found, required: required)
    }

    private func missingTensor(_ id: TensorID, count: Int, configPath: String) -> InputError {
        let name = ByteString(names.name(of: id) ?? id.description)
        let present = base.names.compactMap { LayerTensorName($0)?.layer }.max().map { $0 + 1 } ?? 0
        if let layer = id.layer, layer >= present {
            return InputError(
                .configLayerCount, file: configPath, at: .field("num_hidden_layers"),
                found: "\(configuration.layers.count)",
                required: "\(present): the checkpoint holds no tensor of layer \(layer)")
        }
        return InputError(
            .tensorMissing, file: base.files.first?.path ?? configPath, at: .tensor(name, headerOffset: nil),
            found: count == 1 ? "no such tensor" : "no such tensor, nor \(count - 1) others",
            required: configuration.shape(of: id).map { "shape \($0)" } ?? "")
    }

    // MARK: The result

    /// The graph in canonical order, with its files.
    func result() throws(InputError) -> FrontEnd.Result {
        let leftOut = base.leftOut + (routerCheckpoint?.leftOut ?? []) + leftOut
        let files = base.files + (routerCheckpoint?.files ?? [])
        let graph = ModelGraph(
            configuration: configuration,
            sources: files.map { SourceRecord(name: $0.name, byteCount: $0.byteCount) },
            tensors: tensors.sorted { $0.id < $1.id })
        return FrontEnd.Result(
            graph: graph, files: files, headerRanges: base.headerRanges + (routerCheckpoint?.headerRanges ?? []),
            leftOut: leftOut)
    }
}

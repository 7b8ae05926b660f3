import Model

/// The routers that a file holds, with their kinds as names and shapes tell them.
struct RouterSet {
    /// The checkpoint's names of the routers' tensors.
    private(set) var names: [TensorID: ByteString] = [:]
    private let checkpoint: Checkpoint
    /// Names that are not routers' tensors, in byte order.
    private(set) var otherNames: [ByteString] = []

    /// Collects the routers of a checkpoint. Two names for one tensor, and parts that no router has, are errors.
    init(of checkpoint: Checkpoint) throws(InputError) {
        self.checkpoint = checkpoint
        for name in checkpoint.names {
            let parsed: RouterTensorName?
            do { parsed = try RouterTensorName(name) } catch {
                throw Self.error(.routerUnknownTensor, checkpoint, name, found: "a tensor that no router has")
            }
            guard let parsed else {
                otherNames.append(name)
                continue
            }
            let id = TensorID(parsed.role, layer: parsed.layer)
            if let other = names.updateValue(name, forKey: id) {
                throw Self.error(.tensorDuplicate, checkpoint, name, found: "the same router tensor as \"\(other)\"")
            }
        }
    }

    var isEmpty: Bool { names.isEmpty }

    /// The kind of one router.
    func kind(layer: Int, module: RoutedModule, hiddenSize: Int) throws(InputError) -> RouterKind {
        let roles = RouterRoles(module)
        func name(_ role: TensorRole) -> ByteString? { names[TensorID(role, layer: layer)] }
        if name(roles.predictorWeight) == nil {
            for role in [roles.predictorBias, roles.hiddenWeight, roles.hiddenBias] {
                if let stray = name(role) {
                    throw Self.error(
                        .routerIncomplete, checkpoint, stray, found: "no weight_predictor.weight beside it",
                        required: "a whole router")
                }
            }
            return .none
        }
        if let hidden = name(roles.hiddenWeight) {
            guard name(roles.hiddenBias) != nil else {
                throw Self.error(
                    .routerIncomplete, checkpoint, hidden, found: "no hidden_layer.bias beside it",
                    required: "a whole router")
            }
            guard let shape = checkpoint[hidden]?.tensor.shape, shape.dimensions.count == 2, shape.dimensions[0] > 0
            else {
                throw Self.error(
                    .tensorShape, checkpoint, hidden, found: "\(checkpoint[hidden]?.tensor.shape.description ?? "")",
                    required: "[width, \(hiddenSize)]")
            }
            return .mlp(hiddenWidth: shape.dimensions[0])
        }
        if let stray = name(roles.hiddenBias) {
            throw Self.error(
                .routerIncomplete, checkpoint, stray, found: "no hidden_layer.weight beside it",
                required: "a whole router")
        }
        return .linear
    }

    /// Routers of layers that the model does not have are an error, not a leftover.
    func checkLayers(layerCount: Int) throws(InputError) {
        for (id, name) in names.sorted(by: { $0.key < $1.key }) where (id.layer ?? 0) >= layerCount {
            throw Self.error(
                .routerWithoutLayer, checkpoint, name, found: "layer \(id.layer ?? 0)",
                required: "a layer below \(layerCount)")
        }
    }

    private static func error(
        _ rule: InputRule, _ checkpoint: Checkpoint, _ name: ByteString, found: String, required: String = ""
    ) -> InputError {
        let located = checkpoint[name]
        return InputError(
            rule, file: located.map(checkpoint.path(of:)) ?? "",
            at: .tensor(name, headerOffset: located?.tensor.headerOffset),
            found: found, required: required)
    }
}

import Model

/// A router's tensor, recognised by its name in any of the forms that training leaves behind.
///
/// Stage one and the published files say `model.layers.N.router_attention.…`; stage two, saved through PEFT, puts
/// `base_model.model.` before it; wrappers of PyTorch add `module.` and `_orig_mod.`.
struct RouterTensorName: Equatable {
    let layer: Int
    let module: RoutedModule
    let part: Part

    /// The four tensors of a router.
    enum Part: String, CaseIterable {
        case hiddenWeight = "hidden_layer.weight"
        case hiddenBias = "hidden_layer.bias"
        case predictorWeight = "weight_predictor.weight"
        case predictorBias = "weight_predictor.bias"
    }

    private static let wrapperPrefixes = ["module.", "_orig_mod.", "base_model.model."].map { Array($0.utf8) }
    private static let modulePrefixes: [(RoutedModule, [UInt8])] = [
        (.attention, Array("router_attention.".utf8)), (.mlp, Array("router_mlp.".utf8)),
    ]

    /// Nil if the name has nothing to do with routers; `unknownPart` is thrown for a router's tensor of an unknown form.
    init?(_ name: ByteString) throws(UnknownRouterTensor) {
        guard let layerName = LayerTensorName(Self.withoutWrappers(name)),
            let (module, prefix) = Self.modulePrefixes.first(where: { layerName.rest.bytes.starts(with: $0.1) })
        else { return nil }
        let partBytes = layerName.rest.bytes.dropFirst(prefix.count)
        guard let part = Part.allCases.first(where: { partBytes.elementsEqual($0.rawValue.utf8) }) else {
            throw UnknownRouterTensor()
        }
        layer = layerName.layer
        self.module = module
        self.part = part
    }

    /// A tensor below `router_attention` or `router_mlp` that no known router has.
    struct UnknownRouterTensor: Error {}

    private static func withoutWrappers(_ name: ByteString) -> ByteString {
        var bytes = name.bytes[...]
        while let prefix = wrapperPrefixes.first(where: { bytes.starts(with: $0) }) {
            bytes = bytes.dropFirst(prefix.count)
        }
        return ByteString(bytes: Array(bytes))
    }

    /// The role of the tensor in a model.
    var role: TensorRole {
        let roles = RouterRoles(module)
        return switch part {
        case .hiddenWeight: roles.hiddenWeight
        case .hiddenBias: roles.hiddenBias
        case .predictorWeight: roles.predictorWeight
        case .predictorBias: roles.predictorBias
        }
    }
}

import SkipFiles
import SkipModel

/// The name of a router's tensor in a plain checkpoint: `model.layers.N.router_attention.…`.
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

    private static let modulePrefixes: [(RoutedModule, [UInt8])] = [
        (.attention, Array("router_attention.".utf8)), (.mlp, Array("router_mlp.".utf8)),
    ]

    /// Nil if the name is not that of a router's tensor. Throws if it is, but with an unknown part.
    init?(_ name: ByteString) throws(UnknownRouterTensor) {
        guard let (layer, module, rest) = Self.split(name) else { return nil }
        guard let part = Part.allCases.first(where: { rest.elementsEqual($0.rawValue.utf8) }) else {
            throw UnknownRouterTensor()
        }
        self.layer = layer
        self.module = module
        self.part = part
    }

    /// A tensor below `router_attention` or `router_mlp` that no known router has.
    struct UnknownRouterTensor: Error {}

    /// Whether the name is that of a router's tensor, with a known part or not.
    static func belongsToRouter(_ name: ByteString) -> Bool { split(name) != nil }

    private static func split(_ name: ByteString) -> (layer: Int, module: RoutedModule, rest: ArraySlice<UInt8>)? {
        guard let layerName = LayerTensorName(name),
            let (module, prefix) = modulePrefixes.first(where: { layerName.rest.bytes.starts(with: $0.1) })
        else { return nil }
        return (layerName.layer, module, layerName.rest.bytes.dropFirst(prefix.count))
    }

    /// The role of the tensor in a model.
    var role: TensorRole { Self.role(of: part, module) }

    static func role(of part: Part, _ module: RoutedModule) -> TensorRole {
        let roles = RouterRoles(module)
        return switch part {
        case .hiddenWeight: roles.hiddenWeight
        case .hiddenBias: roles.hiddenBias
        case .predictorWeight: roles.predictorWeight
        case .predictorBias: roles.predictorBias
        }
    }

    static func name(layer: Int, _ module: RoutedModule, _ part: Part) -> String {
        "model.layers.\(layer).router_\(module).\(part.rawValue)"
    }
}

import SkipFiles
import SkipModel

/// The routers in a file of tensors, by the names that training gives them. Only a conversion judges them: parts of
/// unknown names are ignored, and a router without its output layer does not count.
public struct StoredRouters: Sendable {
    /// The routers of each layer, up to the last layer that has one. Layers that no model has are ignored.
    public let layers: [LayerConfiguration]

    /// Nil if there are no routers.
    public init?(in tensors: [CheckpointTensor]) {
        var parts: [TensorRole: [Int: TensorShape]] = [:]
        var layerCount = 0
        for tensor in tensors {
            guard let name = try? RouterTensorName(TrainingName(tensor.name).canonical),
                name.layer < ModelLimits.maximumLayerCount
            else { continue }
            parts[name.role, default: [:]][name.layer] = tensor.shape
            layerCount = max(layerCount, name.layer + 1)
        }
        func router(_ module: RoutedModule, _ layer: Int) -> RouterKind {
            let roles = RouterRoles(module)
            if parts[roles.predictorWeight]?[layer] == nil { return .none }
            guard let hidden = parts[roles.hiddenWeight]?[layer] else { return .linear }
            return .mlp(hiddenWidth: hidden.dimensions.first ?? 0)
        }
        layers = (0..<layerCount).map { layer in
            LayerConfiguration(attentionRouter: router(.attention, layer), mlpRouter: router(.mlp, layer))
        }
        if layers.allSatisfy({ $0 == LayerConfiguration() }) { return nil }
    }
}

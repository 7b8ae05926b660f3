import SkipFiles
import SkipModel

/// The routers among a model's weights. Names and shapes decide the kind of each router.
struct RouterSet {
    private(set) var weights: [TensorID: WeightTable.Weight] = [:]

    /// Collects the routers. Throws if a router has an unknown part.
    init(of table: WeightTable) throws(InputError) {
        for name in table.names {
            guard let weight = table[name] else { continue }
            let parsed: RouterTensorName?
            do { parsed = try RouterTensorName(name) } catch {
                throw weight.error(.routerUnknownTensor, found: "a tensor that no router has")
            }
            if let parsed { weights[TensorID(parsed.role, layer: parsed.layer)] = weight }
        }
    }

    /// Returns the kind of one router.
    func kind(layer: Int, module: RoutedModule, hiddenSize: Int) throws(InputError) -> RouterKind {
        let roles = RouterRoles(module)
        func weight(_ role: TensorRole) -> WeightTable.Weight? { weights[TensorID(role, layer: layer)] }
        func incomplete(_ weight: WeightTable.Weight, without part: String) -> InputError {
            weight.error(.routerIncomplete, found: "no \(part) beside it", required: "a whole router")
        }
        if weight(roles.predictorWeight) == nil {
            for role in [roles.predictorBias, roles.hiddenWeight, roles.hiddenBias] {
                if let stray = weight(role) { throw incomplete(stray, without: "weight_predictor.weight") }
            }
            return .none
        }
        if let hidden = weight(roles.hiddenWeight) {
            guard weight(roles.hiddenBias) != nil else { throw incomplete(hidden, without: "hidden_layer.bias") }
            guard hidden.shape.dimensions.count == 2, hidden.shape.dimensions[0] > 0 else {
                throw hidden.error(.tensorShape, found: "\(hidden.shape)", required: "[width, \(hiddenSize)]")
            }
            return .mlp(hiddenWidth: hidden.shape.dimensions[0])
        }
        if let stray = weight(roles.hiddenBias) { throw incomplete(stray, without: "hidden_layer.weight") }
        return .linear
    }

    /// Throws if there is a router for a layer that the model does not have.
    func checkLayers(layerCount: Int) throws(InputError) {
        for (id, weight) in weights.sorted(by: { $0.key < $1.key }) where (id.layer ?? 0) >= layerCount {
            throw weight.error(
                .routerWithoutLayer, found: "layer \(id.layer ?? 0)", required: "a layer below \(layerCount)")
        }
    }
}

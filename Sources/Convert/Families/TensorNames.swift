import SkipFiles
import SkipModel

/// The names of a family's tensors in its checkpoints, both ways.
struct TensorNames: Sendable {
    private let modelRoles: [ByteString: TensorRole]
    private let layerRoles: [ByteString: TensorRole]
    private let ignoredLayerNames: Set<ByteString>
    private let nameOfRole: [TensorRole: String]

    /// `layer` names follow `model.layers.N.`.
    init(model: [(TensorRole, String)], layer: [(TensorRole, String)], ignoredLayer: [ByteString]) {
        modelRoles = Dictionary(uniqueKeysWithValues: model.map { (ByteString($0.1), $0.0) })
        layerRoles = Dictionary(uniqueKeysWithValues: layer.map { (ByteString($0.1), $0.0) })
        ignoredLayerNames = Set(ignoredLayer)
        nameOfRole = Dictionary(uniqueKeysWithValues: (model + layer).map { ($0.0, $0.1) })
    }

    enum Meaning: Equatable {
        case tensor(TensorID)
        /// A buffer that is no weight.
        case ignored
        case unknown
    }

    /// What a checkpoint's name stands for.
    func meaning(of name: ByteString) -> Meaning {
        if let role = modelRoles[name] { return .tensor(TensorID(role)) }
        guard let layerName = LayerTensorName(name) else { return .unknown }
        if let role = layerRoles[layerName.rest] { return .tensor(TensorID(role, layer: layerName.layer)) }
        return ignoredLayerNames.contains(layerName.rest) ? .ignored : .unknown
    }

    /// The name of a tensor in a checkpoint; nil for what the family's checkpoints do not hold.
    func name(of id: TensorID) -> String? {
        nameOfRole[id.role].map { name in id.layer.map { "model.layers.\($0).\(name)" } ?? name }
    }
}

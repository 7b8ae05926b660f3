import SkipFiles
import SkipModel

/// The stored tensors of a family's checkpoints, by name, and what they become in the model.
struct PlacementTable: Sendable {
    private let modelForms: [ByteString: StoredTensorForm]
    private let layerForms: [ByteString: StoredTensorForm]
    private let formOfRole: [TensorRole: StoredTensorForm]

    /// `layer` names follow `model.layers.N.`.
    init(model: [StoredTensorForm], layer: [StoredTensorForm]) {
        modelForms = Dictionary(uniqueKeysWithValues: model.map { (ByteString($0.name), $0) })
        layerForms = Dictionary(uniqueKeysWithValues: layer.map { (ByteString($0.name), $0) })
        formOfRole = Dictionary(
            uniqueKeysWithValues: (model + layer).flatMap { form in form.placements.map { ($0.role, form) } })
    }

    /// What a name in a checkpoint refers to.
    enum Meaning: Equatable {
        /// Tensors of the model, in the order of their rows; the layer is nil for tensors that exist once.
        case placements([TensorPlacement], layer: Int?)
        case unknown
    }

    func meaning(of name: ByteString) -> Meaning {
        if let form = modelForms[name] { return .placements(form.placements, layer: nil) }
        guard let layerName = LayerTensorName(name) else { return .unknown }
        if let form = layerForms[layerName.rest] { return .placements(form.placements, layer: layerName.layer) }
        return .unknown
    }

    /// The name of the stored tensor that holds a tensor of the model; nil for what the family's checkpoints do not hold.
    func name(of id: TensorID) -> String? {
        formOfRole[id.role].map { form in id.layer.map { "model.layers.\($0).\(form.name)" } ?? form.name }
    }
}

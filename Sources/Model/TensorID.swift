/// Identifies one tensor of a model by its role and, if it belongs to one, its layer.
public struct TensorID: Hashable, Sendable {
    public let role: TensorRole
    /// Nil for the tensors of the whole model.
    public let layer: Int?

    public init(_ role: TensorRole, layer: Int? = nil) {
        self.role = role
        self.layer = layer
    }

    /// The part of the file that holds the tensor.
    public var extent: ExtentID { ExtentID(role.extentKind, layer: role.extentKind.isPerLayer ? layer : nil) }
}

extension TensorID: Comparable {
    /// The canonical order of a file's tensors: by extent, then layer, then role.
    public static func < (left: TensorID, right: TensorID) -> Bool {
        if left.extent != right.extent { return left.extent < right.extent }
        let leftLayer = left.layer ?? -1
        let rightLayer = right.layer ?? -1
        return leftLayer != rightLayer ? leftLayer < rightLayer : left.role.rawValue < right.role.rawValue
    }
}

extension TensorID: CustomStringConvertible {
    /// `layers.3.gateProjection`, `tokenEmbedding`.
    public var description: String { layer.map { "layers.\($0).\(role)" } ?? "\(role)" }
}

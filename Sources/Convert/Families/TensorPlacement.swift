import SkipModel

/// What a stored tensor, or a part of its rows, becomes in the model.
struct TensorPlacement: Equatable, Sendable {
    let role: TensorRole
    /// A constant that is added to each element. Gemma's norms store `w` and multiply by `1 + w`: theirs is 1.
    let offset: Float

    init(_ role: TensorRole, offset: Float = 0) {
        self.role = role
        self.offset = offset
    }
}

/// A stored tensor and its placements.
struct StoredTensorForm: Sendable {
    /// The name in a checkpoint; of a layer's tensor what follows `model.layers.N.`.
    let name: String
    /// The tensors that are stacked in it, in the order of their rows. A fused `qkv_proj` has three.
    let placements: [TensorPlacement]

    /// A tensor that becomes one tensor of the model.
    init(_ name: String, _ role: TensorRole, offset: Float = 0) {
        self.name = name
        placements = [TensorPlacement(role, offset: offset)]
    }

    /// A tensor in which the rows of several tensors of the model are stacked.
    init(_ name: String, fused roles: [TensorRole]) {
        self.name = name
        placements = roles.map { TensorPlacement($0) }
    }
}

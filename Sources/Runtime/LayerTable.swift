/// The layers of a model, indexed without reference counting. A plain value without references.
@safe
struct LayerTable: Sendable {
    // SAFETY: initialized layers that live as long as the model.
    private nonisolated(unsafe) let layers: UnsafeBufferPointer<LayerWeights>

    /// - Precondition: `layers` outlives the table.
    @unsafe
    init(_ layers: UnsafeBufferPointer<LayerWeights>) { unsafe self.layers = layers }

    var count: Int { unsafe layers.count }

    subscript(index: Int) -> LayerWeights {
        precondition(index >= 0 && index < count)
        return unsafe layers[index]
    }
}

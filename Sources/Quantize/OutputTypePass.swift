import SkipModel

/// Gives every tensor the element type that the file will hold.
///
/// Matrices take the type that is asked for; int8 leaves the embedding, the head and value projections in 16 bits. Norms and biases are widened to float32, which is exact. Routers stay as
/// they came, or in float32 if an adapter changed them, unless one is asked for by name: a discrete decision hangs on each,
/// and they are small.
public struct OutputTypePass: Sendable {
    public let types: OutputTypes

    public init(_ types: OutputTypes) { self.types = types }

    public init(_ outputType: OutputType) { types = OutputTypes(outputType) }

    /// Rewrites the plans; the graph is then lowered.
    public func run(on graph: inout ModelGraph) {
        for index in graph.tensors.indices {
            let tensor = graph.tensors[index]
            let target = elementType(of: tensor)
            if target == .int8 {
                let groupSize = types.groupSize >= tensor.plan.shape.columnCount ? 0 : types.groupSize
                graph.tensors[index].plan = .quantized(tensor.plan, groupSize: groupSize)
            } else if target != tensor.plan.elementType {
                graph.tensors[index].plan = .converted(tensor.plan, to: target)
            }
        }
    }

    /// The plan of a tensor of a checkpoint that is written back. Vectors are not widened: they take the type of matrices.
    public func checkpointPlan(_ plan: TensorPlan, isRouter: Bool) -> TensorPlan {
        let target =
            isRouter
            ? OutputType.auto.elementType(for: plan.elementType)
            : types.matrices.elementType(for: plan.storedElementType)
        return target == plan.elementType ? plan : .converted(plan, to: target)
    }

    private func elementType(of tensor: GraphTensor) -> ElementType {
        if tensor.id.role.isVector { return .float32 }
        let stored = tensor.plan.storedElementType
        if let outputType = types.tensors[tensor.id] { return outputType.elementType(for: stored) }
        if tensor.id.role.routedModule != nil { return OutputType.auto.elementType(for: tensor.plan.elementType) }
        return types.elementType(of: tensor.id, stored: stored)
    }
}

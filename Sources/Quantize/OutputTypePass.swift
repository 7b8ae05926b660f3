import SkipModel

/// Converts every tensor to the element type that the file will hold.
///
/// Matrices take the type that the user chooses; int8 leaves the embedding, the head and value projections in 16 bits.
/// Norms and biases are widened to float32, which is exact. Routers keep their stored type, or have float32 if an
/// adapter changed them, unless the user names one: they are small, and each makes a discrete decision.
public struct OutputTypePass: Sendable {
    public let types: OutputTypes

    public init(_ types: OutputTypes) { self.types = types }

    public init(_ outputType: OutputType) { types = OutputTypes(outputType) }

    /// Rewrites the plans. The graph is lowered afterwards.
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

    /// Returns the plan of a tensor that is written to a checkpoint. Vectors take the type of matrices and are not
    /// widened.
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

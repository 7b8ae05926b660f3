import Model

/// Gives every tensor the element type that the file will hold.
///
/// Matrices take the type that is asked for. Norms and biases are widened to float32, which is exact. Routers stay as
/// they came, or in float32 if an adapter changed them: a discrete decision hangs on each, and they are small.
public struct OutputTypePass: Sendable {
    public let outputType: OutputType

    public init(_ outputType: OutputType) { self.outputType = outputType }

    /// Rewrites the plans; the graph is then lowered.
    public func run(on graph: inout ModelGraph) {
        for index in graph.tensors.indices {
            let tensor = graph.tensors[index]
            let target = elementType(of: tensor)
            if target != tensor.plan.elementType { graph.tensors[index].plan = .converted(tensor.plan, to: target) }
        }
    }

    /// The plan of a tensor of a checkpoint that is written back. Vectors are not widened: they take the type of matrices.
    public func checkpointPlan(_ plan: TensorPlan, isRouter: Bool) -> TensorPlan {
        let target =
            isRouter
            ? OutputType.auto.elementType(for: plan.elementType) : outputType.elementType(for: plan.storedElementType)
        return target == plan.elementType ? plan : .converted(plan, to: target)
    }

    private func elementType(of tensor: GraphTensor) -> ElementType {
        if tensor.id.role.isVector { return .float32 }
        if tensor.id.role.routedModule != nil { return OutputType.auto.elementType(for: tensor.plan.elementType) }
        return outputType.elementType(for: tensor.plan.storedElementType)
    }
}

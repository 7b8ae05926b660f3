import SkipFiles
import SkipModel

/// A tensor of the model under the name that a plain Hugging Face checkpoint has for it.
public struct CheckpointWeight: Sendable {
    public let name: ByteString
    public var plan: TensorPlan
    /// Routers are no part of what Transformers loads.
    public let isRouter: Bool
}

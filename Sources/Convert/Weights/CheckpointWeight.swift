import SkipFiles
import SkipModel

/// A stored tensor of the model under its name in a plain Hugging Face checkpoint.
public struct CheckpointWeight: Sendable {
    public let name: ByteString
    public var plan: TensorPlan
    /// Whether it belongs to a router. Transformers does not load routers.
    public let isRouter: Bool
}

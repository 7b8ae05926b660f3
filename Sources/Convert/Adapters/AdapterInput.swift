/// An adapter that the user asks to be merged.
public struct AdapterInput: Equatable, Sendable {
    /// A directory that PEFT saved, or a file of LoRA tensors.
    public let path: String
    /// The factor on everything that the adapter adds; may be negative.
    public let scale: Double

    public init(path: String, scale: Double = 1) {
        self.path = path
        self.scale = scale
    }
}

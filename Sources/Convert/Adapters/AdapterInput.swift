/// An adapter to merge: its path and its scale.
public struct AdapterInput: Equatable, Sendable {
    /// The path of a directory that PEFT saved, or of a file of LoRA tensors.
    public let path: String
    /// The factor on everything that the adapter adds. It may be negative.
    public let scale: Double

    public init(path: String, scale: Double = 1) {
        self.path = path
        self.scale = scale
    }
}

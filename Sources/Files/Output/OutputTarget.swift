/// Where an output file goes.
public struct OutputTarget: Sendable {
    public let path: String
    /// Whether an existing file is replaced.
    public var overwrite: Bool
    /// The files that must not be replaced.
    public var inputs: ProtectedFiles

    public init(path: String, overwrite: Bool = false, inputs: ProtectedFiles = ProtectedFiles()) {
        self.path = path
        self.overwrite = overwrite
        self.inputs = inputs
    }
}

/// How a file with tensors is read. Its name decides, never its contents: a file that is not what its name says is an
/// error.
public enum CheckpointFileKind: Equatable, Sendable {
    case safetensors
    /// What `torch.save` writes.
    case torch

    /// Nil for an unknown ending.
    public init?(fileName: String) {
        if fileName.hasSuffix(".safetensors") {
            self = .safetensors
        } else if [".pth", ".pt", ".bin"].contains(where: fileName.hasSuffix) {
            self = .torch
        } else {
            return nil
        }
    }
}

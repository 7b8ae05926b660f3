/// The format of a checkpoint file. It is determined by the file's extension, never by its contents. A file in another
/// format than its extension states is an error.
public enum CheckpointFileKind: Equatable, Sendable {
    case safetensors
    /// A file that `torch.save` writes. `.ckpt` is the extension of Lightning.
    case torch

    /// Returns nil for an unknown extension.
    public init?(fileName: String) {
        if fileName.hasSuffix(".safetensors") {
            self = .safetensors
        } else if [".pth", ".pt", ".bin", ".ckpt"].contains(where: fileName.hasSuffix) {
            self = .torch
        } else {
            return nil
        }
    }
}

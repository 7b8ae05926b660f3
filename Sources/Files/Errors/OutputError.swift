/// Why a file or a directory could not be written. Nothing new is left behind, and an old file is unchanged.
public enum OutputError: Error, Equatable, Sendable {
    /// A file of that name exists, and overwriting was not requested.
    case targetExists(path: String)
    /// The name is empty, or it names a directory, a device, a FIFO, a socket or a symbolic link.
    case unsuitableTarget(path: String)
    /// Something of that name exists that is not a directory of a model and nothing else.
    case notReplaceable(path: String)
    /// The file of that name is one that the run reads.
    case targetIsInput(path: String)
    /// The operating system refused an operation.
    case system(SystemFailure)
}

/// Why a file could not be written. Whatever the case, nothing new is left behind and an old file is as it was.
public enum WriteError: Error, Sendable {
    /// There is a file of that name, and overwriting was not asked for.
    case targetExists(path: String)
    /// The name is empty, or names a directory, a device, a FIFO, a socket or a symbolic link.
    case unsuitableTarget(path: String)
    /// The system refused an operation.
    case system(SystemFailure)
    /// The source of rows failed.
    case rows(any Error)
    /// The caller asked to stop.
    case cancelled
    /// What was written does not read back as a sound file: a bug, or damage between memory and disk.
    case selfCheck(FormatError)
}

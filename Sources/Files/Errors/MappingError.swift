/// Why a file could not be mapped into memory.
public enum MappingError: Error, Equatable, Sendable {
    /// The path names a directory, a device, a FIFO or a socket.
    case notRegularFile
    /// The operating system refused an operation.
    case system(SystemFailure)
}

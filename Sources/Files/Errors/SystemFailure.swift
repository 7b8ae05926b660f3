import Glibc

/// An operation that the operating system refused.
public struct SystemFailure: Error, Equatable, Sendable {
    public let operation: Operation
    public let path: String
    /// The error number (`errno`).
    public let code: Int32

    public enum Operation: String, Sendable {
        case open, read, status, list, map, create, resize, write, synchronize, link, rename, remove, freeSpace
    }

    /// Records a failure; `code` defaults to the thread's current `errno`.
    public init(_ operation: Operation, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The failure to open a file again that is not the same any more.
    package static func replaced(_ path: String) -> SystemFailure { SystemFailure(.open, path, code: ESTALE) }

    /// The system's message for the error number.
    public var reason: String { Self.reason(code) }

    /// The system's message if there is nothing of a name.
    public static var absentReason: String { reason(ENOENT) }

    /// The system's message for an error number.
    static func reason(_ code: Int32 = errno) -> String {
        // SAFETY: strerror returns a C string that is valid until its next call; it is copied at once.
        unsafe String(cString: strerror(code))
    }
}

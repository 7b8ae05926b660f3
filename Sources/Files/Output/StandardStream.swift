import Glibc

/// The standard streams of a process, unbuffered. Libraries do not write to them.
public enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Opens standard streams that are closed, so that no file of the program gets their descriptors. Reading and
    /// writing them stays an error.
    public static func occupyClosed() throws(SystemFailure) {
        // O_PATH, which Swift does not import: a descriptor that can neither be read nor written.
        let withoutAccess: Int32 = 0o10_000_000
        for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) < 0 {
            guard unsafe open("/", withoutAccess | O_CLOEXEC) == stream else {
                throw SystemFailure(.open, "standard stream \(stream)")
            }
        }
    }

    /// Whether the stream is a terminal.
    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Reads standard input to its end; returns nil if it has more bytes than the limit.
    package static func readInput(limit: Int) throws(SystemFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let piece = try readPiece()
            if piece.isEmpty { return bytes }
            bytes += piece
        }
        return nil
    }

    /// Reads the next bytes of standard input; none at its end.
    private static func readPiece() throws(SystemFailure) -> [UInt8] {
        var code: Int32 = 0
        // SAFETY: `read` writes at most the capacity of the buffer and returns the number of bytes that it wrote.
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            let result = retryingInterrupts { unsafe Glibc.read(0, buffer.baseAddress, buffer.count) }
            if result < 0 { code = errno }
            count = max(result, 0)
        }
        if code != 0 { throw SystemFailure(.read, "standard input", code: code) }
        return piece
    }

    /// Writes all bytes.
    ///
    /// A closed pipe ends the process by SIGPIPE, unless the parent process ignores that signal.
    public func write(_ bytes: [UInt8]) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the pointer is valid during the call, which reads at most its bytes.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemFailure(.write, self == .output ? "standard output" : "standard error")
            }
        }
    }

    public func write(_ text: String) throws(SystemFailure) { try write(Array(text.utf8)) }

    /// Writes a message and ignores errors.
    public func note(_ text: String) { try? write(text) }
}

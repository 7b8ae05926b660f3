import Glibc

/// Unbuffered output to a file descriptor.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes all bytes.
    ///
    /// - Throws: `OutputError` if the system refuses. A closed pipe ends the process by its signal first, as it
    ///   does for other programs, unless the caller's parent ignores that signal.
    func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the pointer is valid during the call, which reads at most its bytes.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw OutputError(code: errno)
            }
        }
    }

    /// Writes text whose loss is not worth an error.
    func print(_ text: String) { try? write(Array(text.utf8)) }
}

/// Output that the system refused; `code` is its errno.
struct OutputError: Error {
    let code: Int32
}

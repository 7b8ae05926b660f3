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
        var done = 0
        while done < bytes.count {
            // SAFETY: the span is live during the call, which reads at most its bytes.
            let count = bytes.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress! + done, $0.count - done) }
            if count >= 0 {
                done += count
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

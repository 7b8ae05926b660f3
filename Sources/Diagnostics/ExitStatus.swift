/// The exit codes that scripts may rely on. An exit by a trap (132, 134, 135, 139) is always a defect.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    /// A verdict: the file is bad, or parity was missed.
    case verdict = 1
    case usage = 2
    /// The input is malformed or hostile.
    case malformed = 3
    /// Reading or writing failed, or the system refused memory or a thread.
    case system = 4
    /// A limit of the program was exceeded.
    case limit = 5
    /// The input is well-formed but not supported.
    case unsupported = 6
    /// An invariant of the program is broken.
    case internalError = 70
}

/// The exit codes of the programs, which are stable. An exit by a trap (132, 134, 135, 139) is always a bug.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    /// A negative verdict: a file is not valid, files differ, or more decisions flipped than allowed.
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

import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The exit codes that scripts may rely on. A trap (132, 134, 135, 139) is always a bug.
enum ExitStatus: Int32 {
    case success = 0
    /// A verdict: the file is bad, or parity was missed.
    case verdict = 1
    case usage = 2
    /// The input is malformed or hostile.
    case malformed = 3
    /// Reading or writing failed.
    case system = 4
    /// A policy limit was hit.
    case limit = 5
    /// The input is well-formed but not supported.
    case unsupported = 6
    /// An invariant of skipc itself is broken.
    case internalError = 70

    /// Prints what went wrong and ends the process.
    static func exit(after error: any Error) -> Never {
        switch error {
        case let verdict as Verdict:
            end(verdict.isGood ? .success : .verdict)
        case let interruption as Interruption: interruption.raiseAgain()
        case let diagnostic as any Diagnosable:
            StandardError.write(diagnostic.diagnostic.text)
            end(diagnostic.diagnostic.status)
        default:
            // ArgumentParser's own: help and version go to stdout, everything else is a usage error.
            let message = SkipC.fullMessage(for: error)
            if SkipC.exitCode(for: error) == .success {
                try? StandardOutput.write(message + "\n")
                end(.success)
            }
            StandardError.write(message + "\n")
            end(SkipC.exitCode(for: error) == .validationFailure ? .usage : .internalError)
        }
    }

    private static func end(_ status: ExitStatus) -> Never { Glibc.exit(status.rawValue) }
}

/// The answer of a command that judges.
struct Verdict: Error {
    let isGood: Bool
}

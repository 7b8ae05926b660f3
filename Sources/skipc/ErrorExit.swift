import ArgumentParser
import Glibc
import SkipCompiler
import SkipDiagnostics
import SkipFiles
import SkipPackage

/// Ends the process after an error.
enum ErrorExit {
    /// Prints what went wrong and ends the process with the error's exit code.
    static func exit(after error: any Error) -> Never {
        switch error {
        case let verdict as Verdict: end(verdict.status)
        case let diagnosable as any Diagnosable:
            if case .cancelled? = error as? CompilationError { Interruption.pending?.raiseAgain() }
            if case .cancelled? = error as? PackageError { Interruption.pending?.raiseAgain() }
            StandardStream.error.note(diagnosable.diagnostic.text(program: "skipc"))
            end(diagnosable.diagnostic.status)
        default:
            // ArgumentParser's errors: help and version are printed to stdout, everything else is a usage error.
            let message = withoutMisleadingSuggestion(SkipC.fullMessage(for: error))
            if SkipC.exitCode(for: error) == .success {
                do {
                    try StandardStream.output.write(message + "\n")
                } catch {
                    exit(after: error)
                }
                end(.success)
            }
            // The message repeats what was given.
            StandardStream.error.note(PrintableText.escaping(message, keepsLineBreaks: true) + "\n")
            end(SkipC.exitCode(for: error) == .validationFailure ? .usage : .internalError)
        }
    }

    /// Returns the message without a suggested option that is not similar to the given one, such as `--lora` for
    /// `--force`.
    private static func withoutMisleadingSuggestion(_ message: String) -> String {
        let marks = ["Unknown option '", "'. Did you mean '", "'?"]
        guard let start = message.firstRange(of: marks[0]),
            let middle = message[start.upperBound...].firstRange(of: marks[1]),
            let end = message[middle.upperBound...].firstRange(of: marks[2])
        else { return message }
        let given = message[start.upperBound..<middle.lowerBound].drop { $0 == "-" }
        let suggested = message[middle.upperBound..<end.lowerBound].drop { $0 == "-" }
        if Similarity.isSimilar(String(given), String(suggested)) { return message }
        return String(message[..<middle.lowerBound]) + "'" + String(message[end.upperBound...])
    }

    private static func end(_ status: ExitStatus) -> Never { Glibc.exit(status.rawValue) }
}

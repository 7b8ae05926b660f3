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
            StandardStream.error.note(
                diagnosable.diagnostic.text(program: "skipc", on: Environment.features(of: .error)))
            end(diagnosable.diagnostic.status)
        default:
            // ArgumentParser's errors: help and version are printed to stdout, everything else is a usage error.
            if SkipC.exitCode(for: error) == .success {
                do {
                    try StandardStream.output.write(try requested(SkipC.fullMessage(for: error)) + "\n")
                } catch {
                    exit(after: error)
                }
                end(.success)
            }
            if SkipC.exitCode(for: error) == .validationFailure { exit(after: usageError(error)) }
            let diagnostic = Diagnostic(.internalError, SkipC.message(for: error))
            StandardStream.error.note(diagnostic.text(program: "skipc", on: Environment.features(of: .error)))
            end(diagnostic.status)
        }
    }

    /// Returns ArgumentParser's error in the form of skipc's own: one line, and a hint where to read on.
    private static func usageError(_ error: any Error) -> UsageError {
        let message = withoutMisleadingSuggestion(SkipC.message(for: error))
            .split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
        // The last line is: See 'skipc convert --help' for more information.
        let lastLine = SkipC.fullMessage(for: error).split(separator: "\n").last ?? ""
        let quoted = lastLine.split(separator: "'", omittingEmptySubsequences: false)
        let help = quoted.count == 3 && quoted[1].hasSuffix("--help") ? String(quoted[1]) : "skipc --help"
        return UsageError(message, hint: "\(help) lists the options")
    }

    /// Returns the help or the version that ArgumentParser's text stands for.
    private static func requested(_ text: String) throws -> String {
        if text != VersionDetails.parserText { return HelpText.withExamplesLast(text) }
        return try ProgramVersion.text(
            program: "skipc", choices: Environment.runtimeChoices(), details: VersionDetails.lines())
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

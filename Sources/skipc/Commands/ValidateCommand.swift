import ArgumentParser
import SkipDiagnostics
import SkipFormat
import SkipReport
import SkipTokenizer

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a whole .skipgpt file: every rule of the format and every hash.",
        discussion: "Exit code: 0 if the file is valid, 1 if it is not, 4 if it cannot be read."
    )

    @Argument(help: "The file to check.")
    var file: String

    @Flag(help: "Print the verdict as JSON.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    /// The most findings that are reported.
    private static let findingLimit = 100

    func run() throws {
        let verdict = try judge()
        try CommandOutput.write(verdict, verdict.text, asJSON: json, style: .compact)
        if !verdict.isValid { throw Verdict(isGood: false) }
    }

    private func judge() throws -> ValidationReport {
        let opened: SkipFile
        do {
            opened = try SkipFile(opening: file)
        } catch .broken(let violation) {
            return ValidationReport(file: file, rootHash: nil, violations: [violation.diagnostic(path: file)])
        } catch {
            throw SkipFileFailure(path: file, error: error)
        }
        var findings: [Diagnostic] = []
        for error in opened.verify(threadCount: threads.count).prefix(Self.findingLimit) {
            guard case .broken(let violation) = error else { throw SkipFileFailure(path: file, error: error) }
            findings.append(violation.diagnostic(path: file))
        }
        if let table = unsafe opened.tokenizerTable {
            do {
                _ = try unsafe CompiledTokenizer(
                    validating: table, tokenLimit: opened.configuration.vocabularySize)
            } catch {
                findings.append(error.diagnostic(path: file))
            }
        }
        return ValidationReport(file: file, rootHash: "\(opened.header.rootHash)", violations: findings)
    }
}

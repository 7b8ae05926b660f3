import ArgumentParser
import Format
import Model
import Tokenizer

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a .skipgpt file wholly: every rule of the format and every hash.",
        discussion: "Exit code 0: good. 1: bad. 4: the file cannot be read."
    )

    @Argument(help: "The file to check.")
    var file: String

    @Flag(help: "Print the verdict as JSON.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    /// More findings than this say nothing new.
    private static let findingLimit = 100

    func run() throws {
        let verdict = try judge()
        try StandardOutput.write(json ? try JSONText.line(verdict) : verdict.text)
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
        for error in opened.verify(sha256: SHA256Hasher(), threadCount: threads.count).prefix(Self.findingLimit) {
            guard case .broken(let violation) = error else { throw SkipFileFailure(path: file, error: error) }
            findings.append(violation.diagnostic(path: file))
        }
        if let table = unsafe opened.tokenizerTable {
            do {
                _ = try unsafe CompiledTokenizer(validating: table)
            } catch {
                findings.append(TokenizerTableFailure(path: file, error: error).diagnostic)
            }
        }
        return ValidationReport(file: file, rootHash: "\(opened.header.rootHash)", violations: findings)
    }
}

/// The verdict on a file.
struct ValidationReport: Encodable {
    struct Finding: Encodable {
        let rule: String?
        let place: String
        let message: String
    }

    let file: String
    let isValid: Bool
    let rootHash: String?
    let findings: [Finding]

    init(file: String, rootHash: String?, violations: [Diagnostic]) {
        self.file = file
        isValid = violations.isEmpty
        self.rootHash = rootHash
        findings = violations.map { Finding(rule: $0.rule, place: $0.place, message: $0.message) }
    }

    var text: String {
        let name = ByteString(file)
        if isValid { return "\(name): good, root hash \(rootHash ?? "")\n" }
        let lines = findings.map { "  [\($0.rule ?? "")] \($0.place): \($0.message)\n" }
        return "\(name): bad\n" + lines.joined()
    }
}

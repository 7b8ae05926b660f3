import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipPackage
import SkipReport

/// Checks whole packages for `validate`.
struct PackageJudge {
    let threadCount: Int

    private static let findingLimit = 20

    /// Checks a package, or the set of parts that it belongs to. A delta is checked without its base.
    func judge(_ file: String, _ expected: SHA256Digest?) -> ValidationReport {
        do {
            let package = try Package(opening: PartNames.siblings(of: file), requiresBase: false)
            let found = package.header.rootHash
            var findings: [Diagnostic] = []
            if let expected, expected != found {
                findings.append(RootHashMismatch(path: file, found: found, expected: expected).diagnostic)
            }
            let failures = try package.verify(options: WorkOptions(threadCount: threadCount)).failures
            findings += failures.prefix(Self.findingLimit).map {
                PackageError.broken($0.violation, path: $0.path ?? file).diagnostic
            }
            return ValidationReport(file: file, rootHash: "\(found)", violations: findings)
        } catch let error as any Diagnosable {
            let diagnostic = error.diagnostic
            return diagnostic.status == .system
                ? ValidationReport(file: file, unreadable: diagnostic)
                : ValidationReport(file: file, rootHash: nil, violations: [diagnostic])
        } catch {
            return ValidationReport(file: file, unreadable: Diagnostic(.internalError, "\(error)"))
        }
    }
}

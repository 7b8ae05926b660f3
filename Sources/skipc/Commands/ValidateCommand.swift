import ArgumentParser
import SkipConvert
import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipReport
import SkipTokenizer

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check whole .skipgpt files and .skipz packages: every rule of their formats and every hash.",
        usage: """
            skipc validate <file>... [--root-hash <hex>] [<options>]
            skipc validate [<file>...] --manifest <path> [<options>]
            """,
        discussion: HelpText.discussion(
            """
            A manifest has one line per file, as sha256sum writes them, but with root hashes: ROOT-HASH, two spaces, \
            FILE. Its paths are relative to the current directory.

            Exit code: 0 if all files are valid, 1 if one is not, 4 if one cannot be read.
            """,
            examples: [
                "skipc validate a.skipgpt b.skipgpt",
                "skipc validate *.skipgpt --print-manifest >MANIFEST",
                "skipc validate --manifest MANIFEST --quiet",
            ])
    )

    @Argument(
        help: ArgumentHelp("The files to check.", valueName: "file"),
        completion: .file(extensions: ["skipgpt", "skipz"]))
    var files: [String] = []

    @Option(
        name: .customLong("root-hash"),
        help: ArgumentHelp("Require this root hash of the file.", valueName: "hex"))
    var rootHash: DigestArgument?

    @Option(
        help: ArgumentHelp(
            "Require the root hashes of this manifest. Without FILES, check all of its files.", valueName: "path"),
        completion: .file())
    var manifest: String?

    @Flag(name: .customLong("print-manifest"), help: "Print the lines of a manifest for the valid files.")
    var printsManifest = false

    @Flag(help: "Print only files that are not valid.")
    var quiet = false

    @Flag(help: "Print one JSON object per file.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    @OptionGroup var progress: ProgressOptions

    /// The most findings that are reported.
    private static let findingLimit = 100

    func validate() throws {
        if files.isEmpty, manifest == nil { throw ValidationError("Give a file to check, or --manifest") }
        if rootHash != nil, files.count != 1 || manifest != nil {
            throw ValidationError("--root-hash is for one file; --manifest is for several")
        }
        if printsManifest, json || quiet {
            throw ValidationError("--print-manifest cannot be combined with --json or --quiet")
        }
    }

    func run() throws {
        var status = ExitStatus.success
        for (path, expected) in try requests() {
            let report = judge(path, expected: expected)
            try write(report)
            if report.isValid || status == .verdict { continue }
            status = report.wasRead ? .verdict : .system
        }
        if status != .success { throw Verdict(status) }
    }

    /// The files to check, with the root hashes that they must have.
    private func requests() throws -> [(path: String, rootHash: SHA256Digest?)] {
        guard let manifest else { return files.map { ($0, rootHash?.digest) } }
        let listed = try RootHashManifest(reading: manifest)
        if files.isEmpty { return listed.entries.map { ($0.path, $0.rootHash) } }
        return try files.map { ($0, try listed.rootHash(of: $0)) }
    }

    private func write(_ report: ValidationReport) throws {
        if json {
            if !quiet || !report.isValid { try CommandOutput.write(report, "", asJSON: true, style: .compact) }
        } else if !report.wasRead || printsManifest && !report.isValid {
            let text = "skipc: " + StyledText("error", .bad) + ": " + report.text
            StandardStream.error.note(text.printable(on: Environment.features(of: .error)))
        } else if printsManifest {
            try StandardStream.output.write(RootHashManifest.line(report.rootHash ?? "", path: report.file))
        } else if !quiet || !report.isValid {
            try CommandOutput.write(report, report.text, asJSON: false)
        }
    }

    private func judge(_ file: String, expected: SHA256Digest?) -> ValidationReport {
        if InputRecognition.isPackage(file) { return PackageJudge(threadCount: threads.count).judge(file, expected) }
        let opened: SkipFile
        do {
            opened = try SkipFile(opening: file)
        } catch .broken(let violation) {
            return ValidationReport(file: file, rootHash: nil, violations: [violation.diagnostic(path: file)])
        } catch {
            return ValidationReport(
                file: file, unreadable: SkipFileFailure(path: file, error: error).diagnostic)
        }
        let found = opened.header.rootHash
        var findings: [Diagnostic] = []
        if let expected, expected != found {
            findings.append(RootHashMismatch(path: file, found: found, expected: expected).diagnostic)
        }
        let reporter = ProgressReporter(progress.style)
        let errors = opened.verify(threadCount: threads.count) { reporter.update("validate", $0) }
        reporter.finish()
        for error in errors.prefix(Self.findingLimit) {
            findings.append(SkipFileFailure(path: file, error: error).diagnostic)
        }
        if let table = unsafe opened.tokenizerTable {
            do {
                _ = try unsafe CompiledTokenizer(
                    validating: table, tokenLimit: opened.configuration.vocabularySize)
            } catch {
                findings.append(error.diagnostic(path: file))
            }
        }
        return ValidationReport(file: file, rootHash: "\(found)", violations: findings)
    }
}

/// A SHA-256 in hexadecimal digits.
struct DigestArgument: ExpressibleByArgument {
    let digest: SHA256Digest

    init?(argument: String) {
        guard let digest = SHA256Digest(hexadecimal: argument) else { return nil }
        self.digest = digest
    }
}

import SkipDiagnostics

/// The answer of a command that judges a file or a comparison.
struct Verdict: Error {
    let status: ExitStatus

    init(_ status: ExitStatus) { self.status = status }
    init(isGood: Bool) { status = isGood ? .success : .verdict }
}

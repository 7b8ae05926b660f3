import SkipConvert
import SkipDiagnostics
import SkipFiles

extension TokenizerSourceError: Diagnosable {
    /// The tokenizer never blocks the weights, so every error names the ways to continue.
    package var diagnostic: Diagnostic {
        let cause =
            switch self {
            case .input(let error): error.diagnostic
            case .table(let path, let error):
                Diagnostic(
                    .malformed, rule: error.rule, place: "\(ByteString(path))",
                    "the tokenizer cannot be compiled: \(error)")
            }
        let hint = (cause.hint.map { $0 + "; " } ?? "") + Self.waysToContinue
        return Diagnostic(cause.status, rule: cause.rule, place: cause.place, cause.message, hint: hint)
    }

    private static let waysToContinue =
        "--tokenizer none writes a file that accepts token ids only; --tokenizer PATH reads a corrected tokenizer.json"
}

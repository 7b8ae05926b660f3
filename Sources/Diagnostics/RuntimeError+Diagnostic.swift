import SkipFiles
import SkipFormat
import SkipRuntime
import SkipTokenizer

extension RuntimeFailure: Diagnosable {
    package var diagnostic: Diagnostic {
        let place = "\(ByteString(path))"
        switch error {
        case .format(let error): return SkipFileFailure(path: path, error: error).diagnostic
        case .invalidTokenizer(let error): return error.diagnostic(path: path)
        case .noTokenizer:
            return Diagnostic(
                .usage, place: place, "the file contains no tokenizer",
                hint: "convert from a directory with tokenizer.json, or give token ids")
        case .sizeLimit(let what):
            return Diagnostic(.limit, place: place, "\(what) would need more memory than can be addressed")
        case .outOfMemory(let byteCount):
            return Diagnostic(.system, place: place, "no memory for \(ByteCount.text(byteCount))")
        case .threadStartFailed(let code):
            return Diagnostic(.system, "cannot start a thread: \(SystemFailure(.create, "", code: code).reason)")
        default: return error.usageDiagnostic
        }
    }
}

extension RuntimeError {
    /// The wording of errors in the use of a model.
    fileprivate var usageDiagnostic: Diagnostic {
        switch self {
        case .unknownInstructionSet(let name):
            Diagnostic(
                .usage, "\(RuntimeChoices.instructionSetVariable) is \"\(ByteString(name))\"",
                hint: "one of \(InstructionSet.allCases.map(\.name).joined(separator: ", "))")
        case .unavailableInstructionSet(let name):
            Diagnostic(
                .usage, "\(RuntimeChoices.instructionSetVariable) is \(name), which this processor does not have",
                hint: "it has \(InstructionSet.allCases.filter(\.isAvailable).map(\.name).joined(separator: ", "))")
        case .unknownActivationPrecision(let name):
            Diagnostic(
                .usage, "\(RuntimeChoices.activationBitsVariable) is \"\(ByteString(name))\"",
                hint: "one of \(ActivationPrecision.allCases.map { "\($0.rawValue)" }.joined(separator: ", "))")
        case .optionOutOfRange(let option): Diagnostic(.usage, "the option \(option) is out of range")
        case .tokenOutOfRange(let token, let vocabularySize):
            Diagnostic(.usage, "the token id \(token) is not below the vocabulary size, \(vocabularySize)")
        case .positionsExhausted(let needed, let available):
            Diagnostic(.usage, "\(needed) tokens are too many: the model has \(available) positions")
        case .routesMissing(let needed, let recorded):
            Diagnostic(.usage, "there are routes for \(recorded) tokens of the same model, needed \(needed)")
        case .emptyPrompt: Diagnostic(.usage, "the prompt has no tokens")
        default: Diagnostic(.internalError, "\(self)")
        }
    }
}

extension TokenizerTableError {
    /// Returns the wording of a broken table in the file at `path`.
    package func diagnostic(path: String) -> Diagnostic {
        Diagnostic(
            .malformed, rule: rule, place: "\(ByteString(path)): section tokenizer",
            "the tokenizer table is damaged: \(self)")
    }
}

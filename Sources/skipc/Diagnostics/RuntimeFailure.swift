import Model
import Runtime
import Tokenizer

/// A model that could not be opened or run, with its path.
struct RuntimeFailure: Diagnosable {
    let path: String
    let error: RuntimeError

    var diagnostic: Diagnostic {
        let place = "\(ByteString(path))"
        func malformed(_ message: String) -> Diagnostic {
            Diagnostic(status: .malformed, rule: nil, place: place, message: message)
        }
        func usage(_ message: String, hint: String? = nil) -> Diagnostic {
            Diagnostic(status: .usage, rule: nil, place: "", message: message, hint: hint)
        }
        switch error {
        case .format(let error): return SkipFileFailure(path: path, error: error).diagnostic
        case .missingTensor(let name): return malformed("the tensor \(name) is missing")
        case .shapeMismatch(let name, let expected, let found):
            return malformed("the tensor \(name) has shape \(found), needed \(expected)")
        case .unsupportedElementType(let name, let elementType):
            return Diagnostic(
                status: .unsupported, rule: nil, place: place, message: "no kernel for \(name) in \(elementType)")
        case .configurationOutOfRange(let field, let value):
            return malformed("the configuration's \(field) is \(value)")
        case .unknownInstructionSet(let name):
            return usage(
                "\(InstructionSet.environmentVariable) is \"\(ByteString(name))\"",
                hint: "one of \(InstructionSet.allCases.map(\.name).joined(separator: ", "))")
        case .unavailableInstructionSet(let name):
            return usage("\(InstructionSet.environmentVariable) is \(name), which this processor does not have")
        case .unknownActivationPrecision(let name):
            return usage(
                "\(ActivationPrecision.environmentVariable) is \"\(ByteString(name))\"",
                hint: "one of \(ActivationPrecision.allCases.map { "\($0.rawValue)" }.joined(separator: ", "))")
        case .optionOutOfRange(let option): return usage("the option \(option) is out of its range")
        case .sizeLimit(let what):
            return Diagnostic(
                status: .limit, rule: nil, place: place, message: "\(what) would need more memory than any machine has")
        case .outOfMemory(let byteCount):
            return Diagnostic(
                status: .system, rule: nil, place: place, message: "no memory for \(ByteCount.text(byteCount))")
        case .threadStartFailed(let code):
            return Diagnostic(status: .system, rule: nil, place: "", message: "cannot start a thread (error \(code))")
        case .tokenOutOfRange(let token, let vocabularySize):
            return usage("the token id \(token) is not below the vocabulary size, \(vocabularySize)")
        case .positionsExhausted(let needed, let available):
            return usage("\(needed) tokens are too many: the model has \(available) positions")
        case .routesMissing(let needed, let recorded):
            return usage("there are routes of \(recorded) tokens of the same model; needed \(needed)")
        case .emptyPrompt: return usage("the prompt has no tokens")
        case .noTokenizer:
            return usage(
                "\(place) holds no tokenizer", hint: "convert from a directory with tokenizer.json, or give token ids")
        case .invalidTokenizer(let reason): return malformed("the tokenizer table is damaged: \(reason)")
        }
    }
}

/// A file whose tokenizer table breaks a rule.
struct TokenizerTableFailure: Diagnosable {
    let path: String
    let error: TokenizerTableError

    var diagnostic: Diagnostic {
        Diagnostic(
            status: .malformed, rule: nil, place: "\(ByteString(path)): section tokenizer",
            message: "the tokenizer table is damaged: \(error)")
    }
}

import Format
import Glibc
import Runtime

/// Exit codes, as those of skipc.
enum ExitCode: Int32 {
    case success = 0
    case usage = 2
    case malformed = 3
    case inputOutput = 4
    case unsupported = 6
}

/// An error in words for the user, with the exit code that it ends in.
struct Diagnosis {
    let code: ExitCode
    let rule: String?
    let message: String

    init(_ code: ExitCode, rule: String? = nil, _ message: String) {
        self.code = code
        self.rule = rule
        self.message = message
    }

    /// `skiprun: error[SK-07]: model.skipgpt: …`
    func text(file: String) -> String {
        let tag = rule.map { "error[\($0)]" } ?? "error"
        return "skiprun: \(tag): \(printable(file)): \(message)\n"
    }
}

extension Diagnosis {
    init(_ error: RuntimeError) {
        switch error {
        case .format(let error): self.init(error)
        case .missingTensor, .shapeMismatch, .configurationOutOfRange, .invalidTokenizer: self.init(malformed: error)
        case .unsupportedElementType(let name, let type):
            self.init(.unsupported, "tensor \(name) is stored as \(type), which this program cannot compute with")
        case .unknownInstructionSet(let name):
            let known = InstructionSet.allCases.map(\.name).joined(separator: ", ")
            self.init(.usage, "SKIPC_ISA is \(printable(name)); it can be \(known)")
        case .unavailableInstructionSet(let name):
            let available = InstructionSet.allCases.filter(\.isAvailable).map(\.name).joined(separator: ", ")
            self.init(.usage, "SKIPC_ISA is \(name), which this processor cannot run; it can run \(available)")
        case .unknownActivationPrecision(let name):
            let known = ActivationPrecision.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
            self.init(.usage, "\(ActivationPrecision.environmentVariable) is \(printable(name)); it can be \(known)")
        case .optionOutOfRange(let option): self.init(.usage, "the option \(option) is out of its range")
        case .tokenOutOfRange(let token, let vocabularySize):
            self.init(.usage, "token id \(token) is outside of the vocabulary of \(vocabularySize)")
        case .positionsExhausted(let needed, let available):
            self.init(.usage, "the prompt has \(needed) tokens; the model has room for \(available)")
        case .routesMissing(let needed, let recorded):
            self.init(.usage, "there are routes of \(recorded) tokens of the same model, and \(needed) are needed")
        case .emptyPrompt: self.init(.usage, "the prompt has no tokens")
        case .noTokenizer: self.init(.usage, "the file holds no tokenizer: give the prompt as --ids")
        case .sizeLimit(let what): self.init(.inputOutput, "the buffers would be larger than 1 TiB (\(what))")
        case .outOfMemory(let bytes): self.init(.inputOutput, "the system refused \(bytes) bytes of memory")
        case .threadStartFailed(let code): self.init(.inputOutput, "a thread could not start: \(systemMessage(code))")
        }
    }

    private init(malformed error: RuntimeError) {
        switch error {
        case .missingTensor(let name): self.init(.malformed, "tensor \(name) is missing")
        case .shapeMismatch(let name, let expected, let found):
            self.init(.malformed, "tensor \(name) has the shape \(found); the configuration needs \(expected)")
        case .configurationOutOfRange(let field, let value):
            self.init(.malformed, "the configuration's \(field) is \(value), which is out of range")
        case .invalidTokenizer(let error):
            self.init(.malformed, rule: error.rule, "the tokenizer table is damaged: \(error)")
        default: self.init(.malformed, "\(error)")
        }
    }

    private init(_ error: FormatError) {
        switch error {
        case .broken(let violation):
            let code: ExitCode = violation.rule.meansUnsupported ? .unsupported : .malformed
            self.init(
                code, rule: violation.rule.id,
                "offset \(violation.byteOffset): expected that \(violation.rule.statement)")
        case .system(let failure):
            self.init(.inputOutput, "\(failure.operation.rawValue) failed: \(systemMessage(failure.code))")
        }
    }
}

/// The system's words for an errno.
func systemMessage(_ code: Int32) -> String {
    // SAFETY: strerror gives a C string, valid until its next call; it is copied at once.
    unsafe String(cString: strerror(code))
}

/// A name as it may be printed to a terminal: without control characters.
func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || 127..<160 ~= $0.value ? "?" : $0 }))
}

import SkipFiles
import SkipFormat
import SkipModel

extension SkipFileFailure: Diagnosable {
    package var diagnostic: Diagnostic {
        switch error {
        case .broken(let violation): violation.diagnostic(path: path)
        case .system(let failure): failure.diagnostic
        }
    }
}

extension RuleViolation {
    /// Returns the wording of a violation in the file at `path`.
    package func diagnostic(path: String) -> Diagnostic {
        var place = "\(ByteString(path))"
        if !concernsWholeFile { place += ": byte \(byteOffset) (0x\(String(byteOffset, radix: 16)))" }
        if let subject { place += ", \(subject.words)" }
        return Diagnostic(
            rule.meansUnsupported ? .unsupported : .malformed, rule: rule.id, place: place, message, hint: hint)
    }
}

extension RuleSubject {
    fileprivate var words: String {
        switch self {
        case .section(let id): "section \(id)"
        case .tensor(let id): "tensor \(id)"
        case .field(let field): "configuration field \(field)"
        case .layerField(let field, let layer): "field \(field) of layer \(layer)"
        case .provenance(let index): "provenance entry \(index)"
        }
    }
}

extension LayoutError: Diagnosable {
    package var diagnostic: Diagnostic {
        Diagnostic(
            rule.meansUnsupported ? .unsupported : .limit, rule: rule.id, place: subject?.words ?? "",
            "the model does not fit the format, in which \(rule.statement)")
    }
}

extension GraphFlaw: Diagnosable {
    package var diagnostic: Diagnostic {
        Diagnostic(
            .internalError, "a pass left a flawed graph: \(self)", hint: "this is a bug of skipc; please report it")
    }
}

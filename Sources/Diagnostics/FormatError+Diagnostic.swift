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
        var place = "\(ByteString(path)): byte \(byteOffset) (0x\(String(byteOffset, radix: 16)))"
        if let subject { place += ", \(subject.words)" }
        var message = "broken rule: \(rule.statement)"
        if let found = found.words { message += ": found \(found)" }
        if let required = required.words {
            message += found == .nothing ? ": needed \(required)" : ", needed \(required)"
        }
        return Diagnostic(
            rule.meansUnsupported ? .unsupported : .malformed, rule: rule.id, place: place, message, hint: rule.hint)
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

extension RuleViolation.Finding {
    fileprivate var words: String? {
        switch self {
        case .nothing: nil
        case .number(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .real(let number): "\(number)"
        case .bytes(let bytes):
            bytes.map { String($0, radix: 16) }.map { $0.count == 1 ? "0" + $0 : $0 }.joined(separator: " ")
        case .range(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .dimensions(let dimensions): "\(dimensions)"
        case .digest(let digest): "\(digest)"
        }
    }
}

extension FormatRule {
    fileprivate var hint: String? {
        switch self {
        case .magic, .headerPresent: "give a .skipgpt file; `skipc convert` writes one from a checkpoint"
        case .fileByteCount: "the file was truncated or extended; copy it again"
        case .majorVersion, .incompatibleFeatures: "a newer version of skipc wrote the file; use that version"
        default: nil
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

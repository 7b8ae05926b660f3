import Format
import Model
import SystemPackage

/// A `.skipgpt` file that could not be opened, with its path.
struct SkipFileFailure: Diagnosable {
    let path: String
    let error: FormatError

    var diagnostic: Diagnostic {
        switch error {
        case .broken(let violation): violation.diagnostic(path: path)
        case .system(let failure): failure.diagnostic
        }
    }

    /// Opens a file, naming it in the error.
    static func open(_ path: String) throws(SkipFileFailure) -> SkipFile {
        do {
            return try SkipFile(opening: path)
        } catch {
            throw SkipFileFailure(path: path, error: error)
        }
    }
}

extension RuleViolation {
    func diagnostic(path: String) -> Diagnostic {
        var place = "\(ByteString(path)): byte \(byteOffset) (0x\(String(byteOffset, radix: 16)))"
        if let subject { place += ", \(subject.words)" }
        var message = "broken rule: \(rule.statement)"
        if let found = found.words { message += ": found \(found)" }
        if let required = required.words {
            message += found == .nothing ? ": needed \(required)" : ", needed \(required)"
        }
        return Diagnostic(
            status: rule.meansUnsupported ? .unsupported : .malformed, rule: rule.id, place: place, message: message,
            hint: rule.hint)
    }
}

extension RuleSubject {
    var words: String {
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
    var words: String? {
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
    var hint: String? {
        switch self {
        case .magic, .headerPresent: "is it a .skipgpt file? `skipc convert` makes one from a checkpoint"
        case .fileByteCount: "the file was cut off or added to; copy it again"
        case .majorVersion, .incompatibleFeatures: "a newer skipc wrote the file; use that version"
        default: nil
        }
    }
}

extension SystemFailure {
    var diagnostic: Diagnostic {
        Diagnostic(
            status: .system, rule: nil, place: "\(ByteString(path))",
            message: "cannot \(operation.words): \(Errno(rawValue: code).description)")
    }
}

extension SystemFailure.Operation {
    var words: String {
        switch self {
        case .open: "open"
        case .status: "read the file's status"
        case .map: "map"
        case .create: "create"
        case .resize: "resize"
        case .write: "write"
        case .synchronize: "bring to disk"
        case .link, .rename: "give the file its name"
        case .remove: "remove"
        case .freeSpace: "write: the disk has too little free space"
        }
    }
}

extension WriteError: Diagnosable {
    var diagnostic: Diagnostic {
        switch self {
        case .targetExists(let path):
            Diagnostic(
                status: .usage, rule: nil, place: "\(ByteString(path))", message: "the file exists",
                hint: "--force replaces it")
        case .unsuitableTarget(let path):
            Diagnostic(
                status: .usage, rule: nil, place: "\(ByteString(path))",
                message: "not a place for a file: a directory, device, pipe, socket or symbolic link")
        case .system(let failure): failure.diagnostic
        case .selfCheck(let error):
            Diagnostic(
                status: .internalError, rule: error.rule?.id, place: "",
                message: "what was written does not read back; nothing was kept",
                hint: "the disk or the memory may be faulty, or this is a bug of skipc")
        case .rows(let cause): Diagnostic(status: .internalError, rule: nil, place: "", message: "\(cause)")
        case .cancelled: Diagnostic(status: .internalError, rule: nil, place: "", message: "cancelled")
        }
    }
}

extension LayoutError: Diagnosable {
    var diagnostic: Diagnostic {
        Diagnostic(
            status: rule.meansUnsupported ? .unsupported : .limit, rule: rule.id, place: subject?.words ?? "",
            message: "the model does not fit the format, in which \(rule.statement)")
    }
}

extension GraphFlaw: Diagnosable {
    var diagnostic: Diagnostic {
        Diagnostic(
            status: .internalError, rule: nil, place: "", message: "a pass left a flawed graph: \(self)",
            hint: "this is a bug of skipc; please report it")
    }
}

import Glibc
import Model

/// Why a file could not be opened or did not verify.
public enum FormatError: Error, Equatable, Sendable {
    /// The file breaks a rule of the format, or needs something that this reader does not know.
    case broken(RuleViolation)
    /// The system refused an operation.
    case system(SystemFailure)

    /// The rule that was broken; nil for a system failure.
    public var rule: FormatRule? {
        if case .broken(let violation) = self { violation.rule } else { nil }
    }
}

/// One broken rule: where, what was found, what is required.
public struct RuleViolation: Equatable, Sendable {
    public let rule: FormatRule
    /// Absolute position in the file of the field or byte that breaks the rule.
    public let byteOffset: Int
    public let subject: RuleSubject?
    public let found: Finding
    public let required: Finding

    /// A value in a message.
    public enum Finding: Equatable, Sendable {
        case nothing
        case number(Int64)
        case unsigned(UInt64)
        case real(Double)
        case bytes([UInt8])
        case range(ClosedRange<Int>)
        case dimensions([Int])
        case digest(SHA256Digest)
    }

    init(
        _ rule: FormatRule,
        at byteOffset: Int,
        _ subject: RuleSubject? = nil,
        found: Finding = .nothing,
        required: Finding = .nothing
    ) {
        self.rule = rule
        self.byteOffset = byteOffset
        self.subject = subject
        self.found = found
        self.required = required
    }
}

/// What a broken rule is about.
public enum RuleSubject: Equatable, Sendable {
    case section(SectionID)
    case tensor(TensorID)
    case field(ConfigurationField)
    case layerField(LayerField, layer: Int)
    /// An entry of the provenance, by its position.
    case provenance(Int)
}

/// Why a model cannot be stored: the rule that its file would break.
public struct LayoutError: Error, Equatable, Sendable {
    public let rule: FormatRule
    public let subject: RuleSubject?
    public let found: RuleViolation.Finding
    public let required: RuleViolation.Finding

    init(
        _ rule: FormatRule,
        _ subject: RuleSubject?,
        found: RuleViolation.Finding = .nothing,
        required: RuleViolation.Finding = .nothing
    ) {
        self.rule = rule
        self.subject = subject
        self.found = found
        self.required = required
    }
}

/// An operation that the system refused.
public struct SystemFailure: Equatable, Sendable {
    public let operation: Operation
    public let path: String
    /// The system's error number.
    public let code: Int32

    public enum Operation: String, Sendable {
        case open, status, map, create, resize, write, synchronize, link, rename, remove, freeSpace
    }

    init(_ operation: Operation, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }
}

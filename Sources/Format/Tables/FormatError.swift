import SkipFiles
import SkipModel

/// Why a file could not be opened or did not verify.
public enum FormatError: Error, Equatable, Sendable {
    /// The file breaks a rule of the format, or needs something that this reader does not know.
    case broken(RuleViolation)
    /// The system refused an operation.
    case system(SystemFailure)

    init(_ error: MappingError) {
        switch error {
        case .notRegularFile: self = .broken(RuleViolation(.regularFile, at: 0))
        case .system(let failure): self = .system(failure)
        }
    }

    /// The rule that was broken; nil for a system failure.
    public var rule: FormatRule? {
        if case .broken(let violation) = self { violation.rule } else { nil }
    }
}

/// A file that could not be opened or did not verify, with its path.
public struct SkipFileFailure: Error, Equatable, Sendable {
    public let path: String
    public let error: FormatError

    public init(path: String, error: FormatError) {
        self.path = path
        self.error = error
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

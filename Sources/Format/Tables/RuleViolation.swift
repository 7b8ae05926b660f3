import SkipModel

/// A broken rule: the place, what was found and what is required.
public struct RuleViolation: Equatable, Sendable {
    public let rule: FormatRule
    /// Absolute position of the field or byte that breaks the rule.
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

    package init(
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

/// The part of a file that a broken rule applies to.
public enum RuleSubject: Equatable, Sendable {
    case section(SectionID)
    case tensor(TensorID)
    case field(ConfigurationField)
    case layerField(LayerField, layer: Int)
    /// An entry of the provenance, by its index.
    case provenance(Int)
}

/// The rule that a model's file would break, so that the model cannot be stored.
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

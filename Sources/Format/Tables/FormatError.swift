import SkipFiles

/// The reason why a file could not be opened or verified.
public enum FormatError: Error, Equatable, Sendable {
    /// The file breaks a rule of the format, or requires a feature that this reader does not know.
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

/// A file that could not be opened or verified, with its path.
public struct SkipFileFailure: Error, Equatable, Sendable {
    public let path: String
    public let error: FormatError

    public init(path: String, error: FormatError) {
        self.path = path
        self.error = error
    }
}

/// An input that breaks a rule: the rule, the place, what was found and what is required.
public struct InputError: Error, Equatable, Sendable {
    public let rule: InputRule
    /// The path of the file, as the user gave it or derived from it.
    public let file: String
    public let place: InputPlace
    /// What the input contains there. Printable; names from files are escaped.
    public let found: String
    /// What the input should contain there; empty if the rule says it.
    public let required: String

    public init(_ rule: InputRule, file: String, at place: InputPlace = .file, found: String, required: String = "") {
        self.rule = rule
        self.file = file
        self.place = place
        self.found = found
        self.required = required
    }
}

/// A place in an input file.
public enum InputPlace: Equatable, Sendable {
    case file
    /// An absolute byte offset.
    case byte(Int)
    /// A tensor, by its name in the file, and the absolute byte offset of its header entry if it has one.
    case tensor(ByteString, headerOffset: Int?)
    /// A field of a JSON file, as a path with dots.
    case field(String)
}

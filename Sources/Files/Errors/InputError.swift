/// An input breaks a rule: which, where, what was found and what was required.
public struct InputError: Error, Equatable, Sendable {
    public let rule: InputRule
    /// Path of the file, as the user gave it or relative to what the user gave.
    public let file: String
    public let place: InputPlace
    /// What stands there. Printable; names from files are already escaped.
    public let found: String
    /// What should stand there; empty where the rule says it all.
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
    /// A tensor, by its name in the file, and the absolute byte offset of its header entry where it has one.
    case tensor(ByteString, headerOffset: Int?)
    /// A field of a JSON file, as a path with dots.
    case field(String)
}

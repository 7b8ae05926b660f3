/// A step that prepares and divides a piece of text between added tokens. The last results are the words to merge.
public enum SplittingStep: Equatable, Sendable {
    /// Inserts a space before a piece that does not begin with one: `add_prefix_space` of `ByteLevel`.
    case prefixSpace
    /// Replaces spaces, and inserts the replacement before a piece that does not begin with it: `Metaspace`.
    case metaspace(replacement: [UInt8], prefix: MetaspacePrefix)
    /// Divides at the occurrences of a literal text.
    case literal([UInt8], DelimiterPlace)
    /// Divides by a pattern. Each match is a piece, and so is the text between two matches.
    case pattern(WordPattern)
}

/// Which pieces of text get the prefix of `Metaspace`. Raw values are those of the compiled table.
public enum MetaspacePrefix: UInt32, Sendable {
    case never = 0
    /// Only a piece at the start of the text.
    case first = 1
    case always = 2
}

/// To which piece the text belongs at which a text is divided. Raw values are those of the compiled table.
public enum DelimiterPlace: UInt32, Sendable {
    case isolated = 1
    case withPrevious = 2
    case withNext = 3
}

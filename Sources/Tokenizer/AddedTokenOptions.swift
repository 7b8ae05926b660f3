/// How an added token is recognised. Raw values are those of the compiled table.
public struct AddedTokenOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Left out by decoding when special tokens are skipped; not recognised when they are not parsed.
    public static let special = AddedTokenOptions(rawValue: 1)
    /// Swallows the white space on its left.
    public static let stripsLeft = AddedTokenOptions(rawValue: 2)
    /// Swallows the white space on its right.
    public static let stripsRight = AddedTokenOptions(rawValue: 4)
    /// Recognised only if no word character touches it.
    public static let singleWord = AddedTokenOptions(rawValue: 8)
    /// Recognised in the normalized text, after those that are not.
    public static let normalized = AddedTokenOptions(rawValue: 16)

    static let all: AddedTokenOptions = [.special, .stripsLeft, .stripsRight, .singleWord, .normalized]
}

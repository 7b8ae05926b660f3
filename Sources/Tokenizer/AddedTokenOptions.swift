/// How an added token is recognised. Raw values are those of the compiled table.
public struct AddedTokenOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Decoding omits the token with `skipSpecialTokens`; encoding recognises it only with `parseSpecialTokens`.
    public static let special = AddedTokenOptions(rawValue: 1)
    /// The token absorbs the white space on its left.
    public static let stripsLeft = AddedTokenOptions(rawValue: 2)
    /// The token absorbs the white space on its right.
    public static let stripsRight = AddedTokenOptions(rawValue: 4)
    /// The token is recognised only if no word character touches it.
    public static let singleWord = AddedTokenOptions(rawValue: 8)
    /// The token is recognised in the normalized text, after the tokens without this option.
    public static let normalized = AddedTokenOptions(rawValue: 16)

    static let all: AddedTokenOptions = [.special, .stripsLeft, .stripsRight, .singleWord, .normalized]
}

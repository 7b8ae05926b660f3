/// The rule of `specs/tokenizer.md` that a compiled tokenizer breaks.
public enum TokenizerTableError: Error, Equatable, Sendable {
    /// TT-1: the table's length differs from the one that its header requires.
    case wrongLength(required: UInt64, found: UInt64)
    /// TT-2: the first four bytes are not `SKTK`.
    case wrongMagic
    /// TT-3: the reader does not know the version.
    case unknownVersion(UInt32)
    /// TT-4: a reserved or padding byte is not zero.
    case reservedByteSet(offset: Int)
    /// TT-5: an enumeration or a flag of the header has an undefined value.
    case unknownValue(field: HeaderField, value: UInt32)
    /// TT-6: starts do not begin at zero, decrease, or do not end at the number of their elements.
    case brokenStarts(section: Section, index: Int)
    /// TT-7: an id has no token.
    case idOutOfRange(section: Section, index: Int, id: UInt32)
    /// TT-8: the elements of a sorted section do not increase strictly.
    case notSorted(section: Section, index: Int)
    /// TT-9: the ranks of the merges are not a permutation of the numbers below their count.
    case repeatedOrWrongRank(index: Int, rank: UInt32)
    /// TT-10: the bytes of a merge's result are not the bytes of its two parts.
    case mergeSpellsAnother(index: Int)
    /// TT-11: an added token's text is empty, too long or not UTF-8.
    case badAddedTokenContent(index: Int)
    /// TT-12: an added token has unknown options or is in the wrong group.
    case badAddedTokenOptions(index: Int, options: UInt32)
    /// TT-13: two added tokens have one id.
    case repeatedAddedTokenID(UInt32)
    /// TT-14: a part of a definition does not fit the table's 32-bit counts, or does not have the required length.
    case unencodable(section: Section)
    /// TT-15: the table of a model has more tokens than the model's embedding has rows.
    case tooManyTokens(found: Int, limit: Int)

    /// TT-16: a step is unknown, is not complete, or cannot follow the steps before it; an index after the last step: a
    /// step is missing.
    case wrongStep(index: Int)
    /// TT-17: a character does not have the token that is this character, or the model has no characters.
    case wrongCharacter(index: Int)
    /// TT-18: a token of a model of characters is not UTF-8.
    case tokenNotUTF8(id: UInt32)

    /// The number of the rule in `specs/tokenizer.md`.
    public var rule: String {
        let number =
            switch self {
            case .wrongLength: 1
            case .wrongMagic: 2
            case .unknownVersion: 3
            case .reservedByteSet: 4
            case .unknownValue: 5
            case .brokenStarts: 6
            case .idOutOfRange: 7
            case .notSorted: 8
            case .repeatedOrWrongRank: 9
            case .mergeSpellsAnother: 10
            case .badAddedTokenContent: 11
            case .badAddedTokenOptions: 12
            case .repeatedAddedTokenID: 13
            case .unencodable: 14
            case .tooManyTokens: 15
            case .wrongStep: 16
            case .wrongCharacter: 17
            case .tokenNotUTF8: 18
            }
        return "TT-\(number)"
    }

    /// A field of the header with a limited set of values.
    public enum HeaderField: Equatable, Sendable {
        case modelKind
        case flags
        case unknownID
    }

    /// A part of the table.
    public enum Section: Equatable, Sendable {
        case byteTokens
        case tokens
        case mergeRows
        case merges
        case characters
        case unknown
        case wholeWords
        case addedTokens
        case prefixIDs
        case suffixIDs
        case steps
    }
}

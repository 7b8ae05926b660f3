/// The classes of scalars that the supported patterns distinguish.
enum CharacterClass {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s`
    case whitespace
    /// `[^\s\p{L}\p{N}]`
    case other

    /// Returns the class that Hugging Face's regex engine assigns.
    ///
    /// The engine implements Unicode 16.0 and assigns no class to scalars of later versions; the standard library of
    /// Swift 6.3 implements 17.0. A test compares all 1 112 064 scalars: there is no other difference.
    @inline(__always)
    init(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 { self.init(ascii: UInt8(scalar.value)) } else { self.init(nonASCII: scalar) }
    }

    @inline(__always)
    init(ascii byte: UInt8) {
        if (byte | 0x20) &- 0x61 < 26 {
            self = .letter
        } else if byte == 0x20 || byte &- 0x09 < 5 {
            self = .whitespace
        } else if byte &- 0x30 < 10 {
            self = .number
        } else {
            self = .other
        }
    }

    private init(nonASCII scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = scalar.isAssigned(upTo: 16) ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber:
            self = scalar.isAssigned(upTo: 16) ? .number : .other
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: self = .whitespace
        default: self = scalar.value == 0x85 ? .whitespace : .other
        }
    }
}

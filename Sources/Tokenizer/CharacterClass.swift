/// The classes of scalars that the known patterns speak of.
enum CharacterClass {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s`
    case whitespace
    /// `[^\s\p{L}\p{N}]`
    case other

    /// The class as Hugging Face's regex engine has it.
    ///
    /// The engine knows Unicode 16.0, and for it a scalar assigned later is of no class: the standard library of
    /// Swift 6.3 knows 17.0. All 1 112 064 scalars were compared; there is no other difference.
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

extension Unicode.Scalar {
    /// Whether a version of Unicode (or one before it) assigned the scalar.
    func isAssigned(upTo majorVersion: Int) -> Bool {
        guard let age = properties.age else { return false }
        return age.major <= majorVersion
    }

    /// Rust's `char::is_numeric`, by which Hugging Face's `Digits` cuts: it knows Unicode 17.0.
    var isDigitForSplitting: Bool {
        if value < 0x80 { return value &- 0x30 < 10 }
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return isAssigned(upTo: 17)
        default: return false
        }
    }

    /// `\s` of Rust's regular expressions, by which added tokens strip.
    var isWhitespaceForStripping: Bool { CharacterClass(self) == .whitespace }

    /// `\w` of Rust's regular expressions, which may not touch a token that is a single word.
    var isWordCharacter: Bool {
        if value < 0x80 { return CharacterClass(self) == .letter || CharacterClass(self) == .number || self == "_" }
        let properties = properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            return isAssigned(upTo: 16)
        default: return (properties.isAlphabetic || properties.isJoinControl) && isAssigned(upTo: 16)
        }
    }
}

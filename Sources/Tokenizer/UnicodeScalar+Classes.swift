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

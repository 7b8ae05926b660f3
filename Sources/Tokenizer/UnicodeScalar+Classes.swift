extension Unicode.Scalar {
    /// Returns whether a version of Unicode, or one before it, assigned the scalar.
    func isAssigned(upTo majorVersion: Int) -> Bool {
        guard let age = properties.age else { return false }
        return age.major <= majorVersion
    }

    /// Whether Hugging Face's `Digits` splits at the scalar: Rust's `char::is_numeric`, with Unicode 17.0.
    var isDigitForSplitting: Bool {
        if value < 0x80 { return value &- 0x30 < 10 }
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return isAssigned(upTo: 17)
        default: return false
        }
    }

    /// `\p{P}` of Hugging Face's regex engine.
    var isPunctuation: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            isAssigned(upTo: 16)
        default: false
        }
    }

    /// Whether an added token strips the scalar: `\s` of Rust's regular expressions.
    var isWhitespaceForStripping: Bool { CharacterClass(self) == .whitespace }

    /// Whether the scalar is `\w` of Rust's regular expressions. It must not touch a token with the option
    /// `singleWord`.
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

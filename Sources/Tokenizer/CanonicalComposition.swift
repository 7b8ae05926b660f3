@_spi(_Unicode) import Swift

/// Normalization form C as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
///
/// In that version, a scalar that was assigned later has no decomposition and no combining class. Therefore such
/// scalars are copied, and the standard library composes the runs between them.
enum CanonicalComposition {
    /// Returns the composed form of valid UTF-8.
    static func composed(_ text: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var run = String.UnicodeScalarView()
        var position = 0
        while position < text.count {
            let (scalar, width) = UTF8Text.scalar(in: text, at: position)
            position += width
            if scalar.value < 0x300 || scalar.isAssigned(upTo: 9) {
                append(scalar, to: &run)
            } else {
                flush(&run, to: &output)
                output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        flush(&run, to: &output)
        return output
    }

    /// Returns whether no scalar is at or above U+0300, so that composing changes nothing.
    static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] >= 0xCC { return false }
        return true
    }

    /// Appends a scalar. Three Tibetan vowel signs are appended decomposed, because the standard library of Swift 6.3
    /// does not reorder the marks around them when it decomposes them itself.
    private static func append(_ scalar: Unicode.Scalar, to run: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0xF73: run.append(contentsOf: ["\u{F71}", "\u{F72}"])
        case 0xF75: run.append(contentsOf: ["\u{F71}", "\u{F74}"])
        case 0xF81: run.append(contentsOf: ["\u{F71}", "\u{F80}"])
        default: run.append(scalar)
        }
    }

    private static func flush(_ run: inout String.UnicodeScalarView, to output: inout [UInt8]) {
        if run.isEmpty { return }
        for scalar in String(run)._nfc {
            output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        run = String.UnicodeScalarView()
    }
}

@_spi(_Unicode) import Swift

/// Normalization form C as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
///
/// A scalar assigned after 9.0 has no decomposition and no combining class there: it takes part in nothing. So the text
/// is composed run by run between such scalars, by the standard library.
enum CanonicalComposition {
    /// Composes valid UTF-8.
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

    /// Whether composing changes nothing, found without composing: no scalar at or above U+0300.
    static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] >= 0xCC { return false }
        return true
    }

    /// Three Tibetan vowel signs are given in parts: the standard library of Swift 6.3 does not put the marks around
    /// them in order when it takes them apart itself.
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

@_spi(_Unicode) import Swift

/// Normalization form C as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
///
/// In that version, a scalar that was assigned later has no decomposition and no combining class. Therefore such
/// scalars are copied, and the standard library composes the runs between them.
struct CanonicalComposition {
    /// The most combining marks after a character that the standard library composes, because its time is quadratic in
    /// their number.
    private let markLimit: Int
    private var output: [UInt8] = []
    private var run = String.UnicodeScalarView()
    /// The combining marks that follow the run.
    private var marks: [Unicode.Scalar] = []

    /// The limit of the Stream-Safe Text Format (UAX #15).
    private static let standardMarkLimit = 30

    /// Returns the composed form of valid UTF-8.
    static func composed(_ text: Span<UInt8>) -> [UInt8] { composed(text, markLimit: standardMarkLimit) }

    /// Tests pass 0, so that `CombiningSequence` composes all marks.
    static func composed(_ text: Span<UInt8>, markLimit: Int) -> [UInt8] {
        var composition = CanonicalComposition(markLimit: markLimit)
        composition.output.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let (scalar, width) = UTF8Text.scalar(in: text, at: position)
            position += width
            composition.append(scalar)
        }
        composition.flush()
        return composition.output
    }

    /// Returns whether no scalar is at or above U+0300, so that composing changes nothing.
    static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] >= 0xCC { return false }
        return true
    }

    private init(markLimit: Int) { self.markLimit = markLimit }

    /// Appends a scalar. Three Tibetan vowel signs are appended decomposed, because the standard library of Swift 6.3
    /// does not reorder the marks around them when it decomposes them itself.
    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case ..<0x300: appendStarter(scalar)
        case 0xF73: marks += ["\u{F71}", "\u{F72}"]
        case 0xF75: marks += ["\u{F71}", "\u{F74}"]
        case 0xF81: marks += ["\u{F71}", "\u{F80}"]
        case _ where !scalar.isAssigned(upTo: 9):
            flush()
            write(scalar)
        case _ where scalar.properties.canonicalCombiningClass == .notReordered: appendStarter(scalar)
        default: marks.append(scalar)
        }
    }

    private mutating func appendStarter(_ scalar: Unicode.Scalar) {
        if marks.count > markLimit { flush() } else { appendMarks() }
        run.append(scalar)
    }

    private mutating func appendMarks() {
        if marks.isEmpty { return }
        run.append(contentsOf: marks)
        marks.removeAll(keepingCapacity: true)
    }

    /// Composes the run and its marks, and writes them to the output.
    private mutating func flush() {
        if marks.count > markLimit {
            for scalar in CombiningSequence.composed(run, marks) { write(scalar) }
            marks.removeAll(keepingCapacity: true)
        } else {
            appendMarks()
            for scalar in String(run)._nfc { write(scalar) }
        }
        run = String.UnicodeScalarView()
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}

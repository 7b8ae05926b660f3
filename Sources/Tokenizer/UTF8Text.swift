/// Decodes and repairs UTF-8.
enum UTF8Text {
    /// U+FFFD, which replaces bytes that are not UTF-8.
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// The kind of the sequence that begins at a position.
    enum Sequence: Equatable {
        /// A scalar of this many bytes.
        case scalar(width: Int)
        /// This many bytes that no continuation completes: Unicode's maximal subpart.
        case invalid(width: Int)
        /// The bytes end after this many bytes of a scalar.
        case incomplete(width: Int)
    }

    /// Returns the sequence at a position, by table 3-7 of the Unicode standard.
    static func sequence(in text: Span<UInt8>, at position: Int) -> Sequence {
        let lead = text[position]
        var secondRange: ClosedRange<UInt8> = 0x80...0xBF
        let width: Int
        switch lead {
        case 0..<0x80: return .scalar(width: 1)
        case 0xC2...0xDF: width = 2
        case 0xE0...0xEF:
            width = 3
            if lead == 0xE0 { secondRange = 0xA0...0xBF }
            if lead == 0xED { secondRange = 0x80...0x9F }
        case 0xF0...0xF4:
            width = 4
            if lead == 0xF0 { secondRange = 0x90...0xBF }
            if lead == 0xF4 { secondRange = 0x80...0x8F }
        default: return .invalid(width: 1)
        }
        for index in 1..<width {
            guard position + index < text.count else { return .incomplete(width: index) }
            let range = index == 1 ? secondRange : 0x80...0xBF
            guard range.contains(text[position + index]) else { return .invalid(width: index) }
        }
        return .scalar(width: width)
    }

    /// Returns whether a byte occurs in valid UTF-8.
    static func canContain(_ byte: UInt8) -> Bool { byte < 0xC0 || (0xC2...0xF4).contains(byte) }

    static func isValid(_ text: Span<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: text)
            return true
        } catch {
            return false
        }
    }

    /// Appends the text with U+FFFD for each maximal subpart that is not UTF-8. Does not append an incomplete end.
    ///
    /// - Returns: the number of bytes of the text that were consumed.
    static func appendRepaired(_ text: Span<UInt8>, to output: inout [UInt8]) -> Int {
        var position = 0
        while position < text.count {
            switch sequence(in: text, at: position) {
            case .scalar(let width):
                for index in position..<position + width { output.append(text[index]) }
                position += width
            case .invalid(let width):
                output.append(contentsOf: replacement)
                position += width
            case .incomplete: return position
            }
        }
        return position
    }

    /// Returns the text with U+FFFD for each maximal subpart that is not UTF-8.
    static func repaired(_ text: [UInt8]) -> [UInt8] {
        if isValid(text.span) { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        if appendRepaired(text.span, to: &output) < text.count { output.append(contentsOf: replacement) }
        return output
    }

    /// Returns the scalar that begins at a position of valid UTF-8.
    @inline(__always)
    static func scalar(in text: Span<UInt8>, at position: Int) -> (scalar: Unicode.Scalar, width: Int) {
        let lead = UInt32(text[position])
        let width: Int
        var value: UInt32
        switch lead {
        case 0..<0x80: return (Unicode.Scalar(UInt8(lead)), 1)
        case 0..<0xE0: (width, value) = (2, lead & 0x1F)
        case 0..<0xF0: (width, value) = (3, lead & 0x0F)
        default: (width, value) = (4, lead & 0x07)
        }
        for index in position + 1..<position + width { value = value << 6 | UInt32(text[index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
    }

    /// Returns the scalar that ends at a position of valid UTF-8, which must not be the first.
    static func scalar(in text: Span<UInt8>, before position: Int) -> (scalar: Unicode.Scalar, width: Int) {
        var start = position - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(in: text, at: start)
    }
}

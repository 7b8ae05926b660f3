/// Replaces literal texts. The texts are valid UTF-8, so that an occurrence begins and ends between characters.
enum TextReplacement {
    /// Returns the text with each occurrence of `old` replaced, in time linear in the text's length.
    ///
    /// - Precondition: `old` is not empty.
    static func replacing(_ old: [UInt8], with new: [UInt8], in text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        append(text.span, replacing: old, with: new, to: &output)
        return output
    }

    static func append(_ text: Span<UInt8>, replacing old: [UInt8], with new: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + text.count + text.count / 2)
        var position = 0
        while position < text.count {
            if occurs(old, in: text, at: position) {
                output.append(contentsOf: new)
                position += old.count
            } else {
                output.append(text[position])
                position += 1
            }
        }
    }

    /// Returns the text with each run of `unit` replaced by one occurrence.
    static func collapsing(_ unit: [UInt8], in text: [UInt8]) -> [UInt8] {
        let span = text.span
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var position = 0
        while position < span.count {
            if occurs(unit, in: span, at: position) {
                output.append(contentsOf: unit)
                repeat { position += unit.count } while occurs(unit, in: span, at: position)
            } else {
                output.append(span[position])
                position += 1
            }
        }
        return output
    }

    /// Returns whether a text continues with another one at a position.
    @inline(__always)
    static func occurs(_ part: [UInt8], in text: Span<UInt8>, at position: Int) -> Bool {
        guard position + part.count <= text.count else { return false }
        for index in part.indices where part[index] != text[position + index] { return false }
        return true
    }
}

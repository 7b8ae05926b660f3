import SkipFiles

/// Text whose parts may have styles.
package struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
    private struct Part: Sendable, Equatable {
        let text: String
        let style: TextStyle?
    }

    private var parts: [Part]

    package init(_ text: String, _ style: TextStyle? = nil) { parts = [Part(text: text, style: style)] }

    package init(stringLiteral text: String) { self.init(text) }

    /// The text without styles.
    package var plain: String { parts.map(\.text).joined() }

    /// Returns the text for a stream. Control characters are escaped, except line breaks.
    package func printable(on features: TerminalFeatures) -> String {
        parts.map { part in
            let text = PrintableText.escaping(part.text, keepsLineBreaks: true)
            return part.style.map { features.text(text, $0) } ?? text
        }.joined()
    }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        var sum = left
        sum += right
        return sum
    }

    package static func += (left: inout StyledText, right: StyledText) { left.parts += right.parts }

    package static func += (left: inout StyledText, right: String) { left += StyledText(right) }
}

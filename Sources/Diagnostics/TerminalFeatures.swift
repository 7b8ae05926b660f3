/// What a stream can show. This is the only place that decides it.
package struct TerminalFeatures: Sendable, Equatable {
    /// Whether a line can be drawn again in its place.
    package let canRedraw: Bool
    /// Whether text is colored.
    package let hasColors: Bool

    /// The features of a file or a pipe.
    package static let none = TerminalFeatures(isTerminal: false) { _ in nil }

    /// A terminal without a type, or of the type `dumb`, has no features. `NO_COLOR` disables colors unless it is empty
    /// (https://no-color.org).
    package init(isTerminal: Bool, environment: (String) -> String?) {
        let type = environment("TERM") ?? ""
        canRedraw = isTerminal && !type.isEmpty && type != "dumb"
        hasColors = canRedraw && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Returns a text in a style, if there are colors. The text must be printable.
    package func text(_ text: String, _ style: TextStyle) -> String {
        hasColors && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The look of a piece of text. Raw values are the parameters of the control sequence.
package enum TextStyle: String, Sendable {
    /// The word *error*, and a negative verdict.
    case bad = "1;31"
    /// The word *note*.
    case note = "1;36"
    /// A positive verdict, and the completed part of a bar.
    case good = "32"
}

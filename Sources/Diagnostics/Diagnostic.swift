import SkipFiles

/// The wording of an error.
package struct Diagnostic: Sendable {
    package let status: ExitStatus
    /// The id of the broken rule; nil if the error concerns no rule.
    package let rule: String?
    /// The file and the position in it; may be empty.
    package let place: String
    /// What is wrong.
    package let message: String
    /// What the user can do about it.
    package let hint: String?

    package init(_ status: ExitStatus, rule: String? = nil, place: String = "", _ message: String, hint: String? = nil)
    {
        self.status = status
        self.rule = rule
        self.place = place
        self.message = message
        self.hint = hint
    }

    /// The lines that a program prints: `skipc: error[SK-07]: model.skipgpt: …`. Control characters are escaped.
    package func text(program: String, on features: TerminalFeatures = .none) -> String {
        var text = "\(program): " + features.text("error" + (rule.map { "[\($0)]" } ?? ""), .bad) + ": "
        func printable(_ text: String) -> String { PrintableText.escaping(text, keepsLineBreaks: false) }
        if !place.isEmpty { text += printable(place) + ": " }
        text += printable(message) + "\n"
        if let hint { text += "  hint: \(printable(hint))\n" }
        return text
    }
}

/// An error that has a wording for users.
package protocol Diagnosable: Error {
    var diagnostic: Diagnostic { get }
}

/// A mistake in how a program was called.
package struct UsageError: Diagnosable, Equatable {
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var diagnostic: Diagnostic { Diagnostic(.usage, message, hint: hint) }
}

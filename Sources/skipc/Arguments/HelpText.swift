/// The layout of `--help`.
enum HelpText {
    private static let heading = "\n\nEXAMPLES:\n"

    /// Returns the discussion of a command: a text, and command lines as examples.
    ///
    /// - Parameter examples: each at most 78 columns wide.
    static func discussion(_ text: String = "", examples: [String]) -> String {
        text + heading + examples.map { "  " + $0 }.joined(separator: "\n")
    }

    /// Moves the examples to the end of a help text. ArgumentParser prints them before the options, where they scroll
    /// out of a terminal.
    static func withExamplesLast(_ help: String) -> String {
        guard let start = help.firstRange(of: heading),
            let end = help[start.upperBound...].firstRange(of: "\n\nUSAGE: ")
        else { return help }
        var options = help[end.lowerBound...]
        while options.last == "\n" { options.removeLast() }
        return String(help[..<start.lowerBound]) + options + help[start.lowerBound..<end.lowerBound]
    }
}

import SkipFiles

/// Prints the results and notes of commands.
enum CommandOutput {
    /// Prints a report to standard output, as text, with control characters escaped, or as JSON.
    static func write(
        _ report: some JSONConvertible, _ text: String, asJSON: Bool, style: JSONWriter.Style = .indented
    ) throws {
        try StandardStream.output.write(
            asJSON
                ? JSONWriter.text(of: report.json, style: style) + "\n"
                : PrintableText.escaping(text, keepsLineBreaks: true))
    }

    /// Prints notes to standard error, one line each.
    static func note(_ lines: [String]) {
        for line in lines {
            StandardStream.error.note("skipc: note: \(PrintableText.escaping(line, keepsLineBreaks: false))\n")
        }
    }
}

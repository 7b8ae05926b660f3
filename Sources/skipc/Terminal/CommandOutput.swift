import SkipDiagnostics
import SkipFiles

/// Prints the results and notes of commands.
enum CommandOutput {
    /// Prints a report to standard output, as text, with control characters escaped, or as JSON.
    static func write(
        _ report: some JSONConvertible, _ text: String, asJSON: Bool, style: JSONWriter.Style = .indented
    ) throws {
        try write(report, StyledText(text), asJSON: asJSON, style: style)
    }

    /// Prints a report whose text has styles, which only a terminal shows.
    static func write(
        _ report: some JSONConvertible, _ text: StyledText, asJSON: Bool, style: JSONWriter.Style = .indented
    ) throws {
        try StandardStream.output.write(
            asJSON
                ? JSONWriter.text(of: report.json, style: style) + "\n"
                : text.printable(on: Environment.features(of: .output)))
    }

    /// Prints notes to standard error, one line each.
    static func note(_ lines: [String]) {
        let label = Environment.features(of: .error).text("note", .note)
        for line in lines {
            StandardStream.error.note("skipc: \(label): \(PrintableText.escaping(line, keepsLineBreaks: false))\n")
        }
    }
}

import SkipFiles

/// Prints the results and notes of commands.
enum CommandOutput {
    /// Prints a report to standard output, as text or as JSON.
    static func write(
        _ report: some JSONConvertible, _ text: String, asJSON: Bool, style: JSONWriter.Style = .indented
    ) throws {
        try StandardStream.output.write(asJSON ? JSONWriter.text(of: report.json, style: style) + "\n" : text)
    }

    /// Prints notes to standard error, one line each.
    static func note(_ lines: [String]) {
        for line in lines { StandardStream.error.note("skipc: note: \(line)\n") }
    }
}

/// The text of `--help`, in the form of ArgumentParser, which prints the help of the other commands.
enum GenerateHelp {
    /// The width of the column of names.
    private static let nameWidth = 26
    private static let lineWidth = 80

    /// - Parameter command: `skiprun` or `skipc run`.
    static func text(command: String) -> String {
        var text = lines("", "OVERVIEW: " + GenerateDescription.abstract, indent: 0)
        text += "\n" + lines("", GenerateDescription.discussion, indent: 0)
        text += "\nUSAGE: \(command) <file> -p <text> [<options>]\n"
        for group in GenerateOption.Group.allCases {
            text += "\n\(group.rawValue.uppercased()):\n"
            for option in GenerateOption.allCases where option.entry.group == group { text += lines(option.entry) }
        }
        let examples = GenerateDescription.examples(command: command).map { "  \($0)\n" }.joined()
        return text + "\nEXAMPLES:\n" + examples
    }

    /// Returns an option's names, and its help in as many lines as it needs.
    private static func lines(_ entry: GenerateOption.Entry) -> String {
        let value = entry.value.map { " <\($0.lowercased())>" } ?? ""
        return lines("  " + entry.names.joined(separator: ", ") + value, entry.help, indent: nameWidth)
    }

    /// Returns a name and the words of a text, which start in the column `indent`.
    private static func lines(_ name: String, _ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines = name.utf8.count < indent || name.isEmpty ? "" : name + "\n"
        var line = lines.isEmpty ? name + margin.dropFirst(name.utf8.count) : margin
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.utf8.count + 1 + word.utf8.count > lineWidth {
                lines += line + "\n"
                line = margin
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + line + "\n"
    }
}

/// The text of `--help`.
enum GenerateHelp {
    /// The width of the column of names.
    private static let nameWidth = 24
    private static let lineWidth = 80

    /// - Parameter command: `skiprun` or `skipc run`.
    static func text(command: String) -> String {
        var text = """
            Generate text from a prompt. Only the modules that the routers choose run.

            usage: \(command) FILE -p PROMPT [options]

            """
        for group in GenerateOption.Group.allCases {
            text += "\n\(group.rawValue):\n"
            for option in GenerateOption.allCases where option.entry.group == group { text += lines(option.entry) }
        }
        return text + """

            Environment:
              SKIPC_ISA               the kernels: scalar, neon, neondot, avx2, avx2vnni,
                                      avx512, avx512vnni or avx512bf16
              SKIPC_ACTIVATION_BITS   bits of the activations of a prompt: 8, 16 or 32

            Examples:
              \(command) model.skipgpt -p "Once upon a time" -n 64 --stats
              \(command) model.skipgpt -f prompt.txt --temp 0.8 --seed 7 --stop "THE END"
              \(command) model.skipgpt -p - --no-echo --json <prompt.txt

            """
    }

    /// Returns an option's names, and its help in as many lines as it needs.
    private static func lines(_ entry: GenerateOption.Entry) -> String {
        let isLong = entry.names[0].hasPrefix("--")
        var name = (isLong ? "      " : "  ") + entry.names.joined(separator: ", ")
        if let value = entry.value { name += " " + value }
        var lines = ""
        var line = name + String(repeating: " ", count: max(nameWidth - name.utf8.count, 0))
        if name.utf8.count >= nameWidth {
            lines = name + "\n"
            line = String(repeating: " ", count: nameWidth)
        }
        var isEmpty = true
        for word in entry.help.split(separator: " ") {
            if line.utf8.count + 1 + word.utf8.count > lineWidth {
                lines += line + "\n"
                line = String(repeating: " ", count: nameWidth)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + line + "\n"
    }
}

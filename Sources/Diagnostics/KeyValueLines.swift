/// Lines of a key and a value, with aligned values.
package enum KeyValueLines {
    package static func text(_ lines: [(key: String, value: String)]) -> String {
        styled(lines.map { ($0.key, StyledText($0.value)) }).plain
    }

    package static func styled(_ lines: [(key: String, value: StyledText)]) -> StyledText {
        let width = lines.map(\.key.count).max() ?? 0
        return lines.reduce(into: StyledText("")) { text, line in
            text += line.key + String(repeating: " ", count: width - line.key.count + 2)
            text += line.value + "\n"
        }
    }
}

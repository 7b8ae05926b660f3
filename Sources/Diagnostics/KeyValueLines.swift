/// Lines of a key and a value, with aligned values.
package enum KeyValueLines {
    package static func text(_ lines: [(key: String, value: String)]) -> String {
        let width = lines.map(\.key.count).max() ?? 0
        return lines.map { line in
            line.key + String(repeating: " ", count: width - line.key.count + 2) + line.value + "\n"
        }.joined()
    }
}

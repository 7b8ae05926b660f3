import SkipFiles

/// The front matter of a model card, `README.md`: lines of `key: value` between two lines `---` at its start.
///
/// Only plain and quoted values of top-level keys are read, and lists of them. Anything else in YAML is skipped.
struct ModelCard {
    private var values: [String: String] = [:]

    /// The number of bytes within which the front matter must end.
    private static let byteLimit = 64 << 10

    /// Reads the card in a directory. Without one, no fact is known.
    init(directory: String) throws(InputError) {
        let bytes = try ModelMetadata.start(of: directory + "/README.md", byteLimit: Self.byteLimit)
        self.init(bytes ?? [])
    }

    /// Reads the text of a card.
    init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        guard lines.first == Self.mark, let end = lines.dropFirst().firstIndex(of: Self.mark) else { return }
        var listKey: String?
        for line in lines[1..<end] {
            guard let text = String(validating: line, as: UTF8.self) else { continue }
            if let key = listKey, let item = Self.item(text) {
                values[key] = (values[key].map { $0 + ", " } ?? "") + item
            } else if let (key, rest) = Self.member(text) {
                // The first of two equal keys counts.
                if values[key] != nil {
                    listKey = nil
                } else if let value = Self.scalar(rest) {
                    values[key] = value
                    listKey = nil
                } else {
                    listKey = rest.isEmpty ? key : nil
                }
            } else {
                listKey = nil
            }
        }
    }

    private static let mark = ArraySlice("---".utf8)

    var name: String? { values["model_name"] ?? values["name"] }

    /// The license, or its name if it is none of those that the Hub lists.
    var license: String? {
        values["license"] == "other" ? values["license_name"] ?? "other" : values["license"]
    }

    var base: String? { values["base_model"] }

    /// Returns the key and the trimmed text after the colon; nil for a line of another form, and for an indented one.
    private static func member(_ line: String) -> (key: String, rest: Substring)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let key = line[..<colon]
        let rest = line[line.index(after: colon)...]
        guard !key.isEmpty, key.utf8.allSatisfy("abcdefghijklmnopqrstuvwxyz0123456789_-".utf8.contains),
            rest.first == nil || rest.first == " "
        else { return nil }
        return (String(key), trimmed(rest))
    }

    /// Returns the value of an item of a list; nil if the line is none.
    private static func item(_ line: String) -> String? {
        let text = trimmed(line[...])
        return text.hasPrefix("- ") ? scalar(trimmed(text.dropFirst(2))) : nil
    }

    /// Returns a plain or quoted value; nil for nothing, null and the other forms of YAML.
    private static func scalar(_ text: Substring) -> String? {
        guard let first = text.first else { return nil }
        if first == "\"" || first == "'" {
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: first), !inner[..<end].contains("\\") else { return nil }
            let tail = trimmed(inner[inner.index(after: end)...])
            return end > inner.startIndex && (tail.isEmpty || tail.hasPrefix("#")) ? String(inner[..<end]) : nil
        }
        if "[{&*!|>%@`#-?".contains(first) { return nil }
        var end = text.endIndex
        for index in text.indices where text[index...].hasPrefix(" #") {
            end = index
            break
        }
        let value = trimmed(text[..<end])
        return value.isEmpty || value == "null" || value == "~" ? nil : String(value)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

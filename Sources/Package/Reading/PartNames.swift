import SkipFiles

/// The names of the parts of a split package: `NAME-00001-of-00005.skipz`.
public enum PartNames {
    static let fileExtension = ".skipz"

    /// Returns the name of a part.
    static func name(_ stem: String, part: Int, of count: Int) -> String {
        "\(stem)-\(padded(part))-of-\(padded(count))\(fileExtension)"
    }

    /// Returns the path of a package without its extension, to which the numbers of parts are appended.
    static func stem(of path: String) -> String {
        path.hasSuffix(fileExtension) ? String(path.dropLast(fileExtension.count)) : path
    }

    /// Returns the paths of all parts that exist, for the path of any of them. Other paths are returned alone.
    public static func siblings(of path: String) throws(InputError) -> [String] {
        guard let (stem, count) = parse(path) else { return [path] }
        var paths: [String] = []
        for part in 1...count {
            let sibling = name(stem, part: part, of: count)
            if sibling == path { paths.append(path) } else if try FileProbe.exists(sibling) { paths.append(sibling) }
        }
        return paths
    }

    /// Returns the path without the number, and the number of parts; nil for a name that is not that of a part.
    static func parse(_ path: String) -> (stem: String, count: Int)? {
        guard path.hasSuffix(fileExtension) else { return nil }
        let words = path.dropLast(fileExtension.count).split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 4, words[words.count - 2] == "of",
            let count = number(words[words.count - 1]), let part = number(words[words.count - 3]), part <= count
        else { return nil }
        return (words.dropLast(3).joined(separator: "-"), count)
    }

    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.count == 5, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(text),
            number > 0
        else { return nil }
        return number
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}

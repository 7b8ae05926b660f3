/// A directory in the cache of the Hugging Face Hub: `…/models--OWNER--NAME/snapshots/REVISION`.
struct HubPath: Equatable {
    /// `OWNER/NAME`, or `NAME` for the Hub's oldest models.
    let repository: String
    /// The commit, in hexadecimal.
    let revision: String

    /// Takes a path without symbolic links. Nil for a directory that is not in such a cache.
    init?(_ path: String) {
        let components = path.split(separator: "/").suffix(3)
        guard components.count == 3, let first = components.first, let revision = components.last,
            first.hasPrefix(Self.prefix), components[components.startIndex + 1] == "snapshots",
            (7...64).contains(revision.utf8.count), revision.utf8.allSatisfy("0123456789abcdef".utf8.contains)
        else { return nil }
        repository = Self.replacingDoubleHyphen(first.dropFirst(Self.prefix.count))
        self.revision = String(revision)
        if !Self.isRepository(repository) { return nil }
    }

    private static let prefix = "models--"

    /// Returns the name with a slash for the first `--`, which no owner contains.
    private static func replacingDoubleHyphen(_ name: Substring) -> String {
        var index = name.startIndex
        while index < name.endIndex {
            if name[index...].hasPrefix("--") {
                return String(name[..<index]) + "/" + String(name[name.index(index, offsetBy: 2)...])
            }
            index = name.index(after: index)
        }
        return String(name)
    }

    /// Whether a text has the form `OWNER/NAME` or `NAME`, of letters, digits, dots, hyphens and underscores.
    static func isRepository(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.count <= 96 && part.utf8.first != UInt8(ascii: ".")
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                            UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
    }
}

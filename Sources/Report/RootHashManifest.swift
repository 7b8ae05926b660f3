import SkipDiagnostics
import SkipFiles
import SkipFormat

/// A list of files and their root hashes, in the form of `sha256sum`.
package struct RootHashManifest {
    package let entries: [(path: String, rootHash: SHA256Digest)]
    private let path: String

    /// The largest manifest, in bytes.
    private static let byteLimit = 1 << 26

    /// Reads a manifest. Empty lines are ignored.
    ///
    /// - Throws: `InputError`; `UsageError` if a line has another form, or there is none.
    package init(reading path: String) throws {
        let file = try InputFile(opening: path)
        let name = "\(ByteString(path))"
        if file.byteCount > Self.byteLimit {
            throw UsageError("\(name) is not a manifest: it has \(ByteCount.text(file.byteCount))")
        }
        let lines = try file.bytes(0..<file.byteCount)
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        entries = try lines.enumerated().filter { !$0.element.isEmpty }.map { index, line in
            guard let entry = Self.entry(String(decoding: line, as: UTF8.self)) else {
                throw UsageError(
                    "\(name): line \(index + 1) is not a root hash, two spaces and a file",
                    hint: "`skipc validate FILE --print-manifest` writes such lines")
            }
            return entry
        }
        if entries.isEmpty { throw UsageError("\(name): the manifest names no file") }
        self.path = path
    }

    /// Returns the root hash that the manifest states for a file.
    package func rootHash(of file: String) throws(UsageError) -> SHA256Digest {
        guard let entry = entries.first(where: { $0.path == file }) else {
            throw UsageError("\(ByteString(path)) does not name \(ByteString(file))")
        }
        return entry.rootHash
    }

    /// Returns the line of a file. As in `sha256sum`, a line with escapes begins with a backslash.
    package static func line(_ rootHash: String, path: String) -> String {
        let escaped = path.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return (escaped == path ? "" : "\\") + "\(rootHash)  \(escaped)\n"
    }

    private static func entry(_ line: String) -> (path: String, rootHash: SHA256Digest)? {
        let isEscaped = line.hasPrefix("\\")
        let text = line.dropFirst(isEscaped ? 1 : 0)
        let rest = text.dropFirst(SHA256Digest.byteCount * 2)
        // `sha256sum` writes a second space, or an asterisk for files that it read in binary mode.
        guard let digest = SHA256Digest(hexadecimal: String(text.prefix(SHA256Digest.byteCount * 2))),
            rest.hasPrefix("  ") || rest.hasPrefix(" *"), rest.count > 2
        else { return nil }
        let path = String(rest.dropFirst(2))
        return (isEscaped ? unescaped(path) : path, digest)
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var characters = text[...]
        while let character = characters.popFirst() {
            guard character == "\\", let next = characters.popFirst() else {
                result.append(character)
                continue
            }
            result.append(next == "n" ? "\n" : next == "r" ? "\r" : next)
        }
        return result
    }
}

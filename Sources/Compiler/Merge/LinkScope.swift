import SkipConvert
import SkipFiles

/// The symbolic links of a model directory that `merge` follows: those to files in the directory, or in the `blobs` of
/// the same repository in a Hugging Face cache. Another link could copy a private file into the output.
struct LinkScope {
    private let directory: String
    /// Resolved paths that end with a slash.
    private let roots: [String]

    init(_ directory: String) throws(InputError) {
        self.directory = directory
        let resolved = try FileProbe.resolved(directory)
        roots =
            [resolved == "/" ? "/" : resolved + "/"] + (Self.blobs(besideSnapshot: resolved).map { [$0 + "/"] } ?? [])
    }

    /// Returns the `blobs` of `…/models--ORGANIZATION--NAME/snapshots/REVISION[/…]`; nil for another path.
    static func blobs(besideSnapshot path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let place = parts.lastIndex(of: "snapshots"), place > 0, place + 1 < parts.count,
            parts[place - 1].hasPrefix("models--")
        else { return nil }
        return "/" + parts[..<place].joined(separator: "/") + "/blobs"
    }

    /// Throws if a file whose path starts with that of the directory is outside of the scope.
    func check(_ path: String) throws(InputError) {
        guard path.hasPrefix(directory + "/") else { return }
        let resolved = try FileProbe.resolved(path)
        guard roots.contains(where: resolved.hasPrefix) else {
            throw InputError(
                .linkOutside, file: path, found: "a symbolic link to \(ByteString(resolved))",
                required: "a file in the directory, or in blobs of the same Hugging Face cache")
        }
    }
}

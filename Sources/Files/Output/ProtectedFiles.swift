import Glibc

/// The files that a run reads. Its output must not replace one of them.
public struct ProtectedFiles: Sendable {
    private var keys: Set<FileKey> = []
    private var directories: [String] = []

    public init(_ files: [InputFile] = []) { keys = Set(files.map(\.key)) }

    /// Adds the file at a path, or all files of the directory there except earlier outputs, `.skipgpt` files. Ignores a
    /// path at which there is nothing.
    public mutating func add(path: String) {
        if (try? FileProbe.isDirectory(path)) == true {
            directories.append(path)
        } else if let key = Self.key(of: path) {
            keys.insert(key)
        }
    }

    /// Returns whether one of the files is the one with this status, perhaps under another name.
    func contain(_ status: stat) throws(SystemFailure) -> Bool {
        let key = FileKey(status)
        if keys.contains(key) { return true }
        for directory in directories {
            for name in try DirectoryListing.names(in: directory) where !name.hasSuffix(".skipgpt") {
                if Self.key(of: directory + "/" + name) == key { return true }
            }
        }
        return false
    }

    private static func key(of path: String) -> FileKey? {
        var status = Glibc.stat()
        // SAFETY: stat fills the struct that it is passed.
        return unsafe stat(path, &status) == 0 ? FileKey(status) : nil
    }
}

import Glibc

/// Checks of paths without opening a file.
public enum FileProbe {
    /// Returns whether there is a file of any kind at the path. False means that the name is not in its directory.
    ///
    /// - Throws: `brokenLink` for a symbolic link to nothing; `inputUnreadable` if the name cannot be reached for another
    ///   reason, or if the directory cannot be searched.
    public static func exists(_ path: String) throws(InputError) -> Bool {
        var status = Glibc.stat()
        // SAFETY: stat fills the struct that it is passed.
        if unsafe stat(path, &status) == 0 { return true }
        let failure = SystemFailure(.status, path)
        // A path through a regular file names nothing.
        if failure.code == ENOTDIR { return false }
        guard failure.code == ENOENT else {
            throw InputError(.inputUnreadable, file: path, found: failure.reason)
        }
        // SAFETY: as above.
        if unsafe lstat(path, &status) != 0, errno == ENOENT { return false }
        throw InputError(.brokenLink, file: path, found: "")
    }

    /// Returns whether there is a directory at the path. False for another file, and if there is none.
    ///
    /// - Throws: `inputUnreadable` if the system does not say.
    public static func isDirectory(_ path: String) throws(InputError) -> Bool { try kind(of: path) == S_IFDIR }

    /// Returns whether there is a regular file at the path. False for another file, and if there is none.
    ///
    /// - Throws: `inputUnreadable` if the system does not say.
    public static func isRegularFile(_ path: String) throws(InputError) -> Bool { try kind(of: path) == S_IFREG }

    /// Returns the kind of file at the path, as `stat` names it; nil if there is none.
    private static func kind(of path: String) throws(InputError) -> mode_t? {
        var status = Glibc.stat()
        // SAFETY: stat fills the struct that it is passed.
        if unsafe stat(path, &status) == 0 { return status.st_mode & S_IFMT }
        let failure = SystemFailure(.status, path)
        if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(failure.code) { return nil }
        throw InputError(.inputUnreadable, file: path, found: failure.reason)
    }

    /// Returns the path without symbolic links, `.` and `..`.
    ///
    /// - Throws: `inputUnreadable` if there is no file at the path, or it cannot be reached.
    public static func resolved(_ path: String) throws(InputError) -> String {
        // SAFETY: realpath allocates the text that it returns; it is copied and freed.
        guard let text = unsafe realpath(path, nil) else {
            throw InputError(.inputUnreadable, file: path, found: SystemFailure.reason())
        }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

import Glibc

/// Checks of paths without opening a file.
public enum FileProbe {
    /// Whether there is a file of any kind at the path.
    public static func exists(_ path: String) -> Bool {
        // SAFETY: the string is passed as a C string for the duration of the call.
        unsafe access(path, F_OK) == 0
    }

    /// Whether there is a directory at the path.
    public static func isDirectory(_ path: String) -> Bool {
        var status = Glibc.stat()
        // SAFETY: stat fills the struct that it is passed.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

import Glibc

/// Questions about paths, before anything is opened.
public enum FileProbe {
    /// Something stands at the path, whatever it is.
    public static func exists(_ path: String) -> Bool {
        // SAFETY: the string is passed as a C string for the duration of the call.
        unsafe access(path, F_OK) == 0
    }

    /// A directory stands at the path.
    public static func isDirectory(_ path: String) -> Bool {
        var status = Glibc.stat()
        // SAFETY: stat fills the struct that it is handed.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

import Glibc

/// Lists directories.
public enum DirectoryListing {
    /// Returns the names of a directory's entries without `.` and `..`, sorted. At most `limit` are read.
    public static func names(in path: String, limit: Int = .max) throws(SystemFailure) -> [String] {
        let descriptor = retryingInterrupts { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SystemFailure(.open, path) }
        return try names(ofDescriptor: descriptor, path: path, limit: limit)
    }

    /// Lists an open directory and closes its descriptor. `path` is for error messages.
    static func names(
        ofDescriptor descriptor: Int32, path: String, limit: Int = .max
    ) throws(SystemFailure) -> [String] {
        guard let stream = unsafe fdopendir(descriptor) else {
            let failure = SystemFailure(.list, path)
            close(descriptor)
            throw failure
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < limit {
            // `readdir` returns nil for the end and for an error, which only `errno` distinguishes.
            errno = 0
            // SAFETY: an entry is valid until the next call, and its name is a null-terminated string.
            guard let entry = unsafe readdir(stream) else {
                let code = errno
                if code != 0 { throw SystemFailure(.list, path, code: code) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

import Glibc

/// Files in memory, for readers that take a path.
enum ScratchFile {
    /// Writes a file with this name, calls `body` with its path and removes it.
    static func with<Result>(_ bytes: [UInt8], named name: String, _ body: (String) throws -> Result) throws -> Result {
        var template = Array("/dev/shm/skipc-fuzz.XXXXXX".utf8CString)
        // SAFETY: the template is a terminated string that the call changes in place.
        try require(unsafe mkdtemp(&template) != nil, "a temporary directory")
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = directory + "/" + name
        defer {
            unsafe unlink(path)
            unsafe rmdir(directory)
        }
        // SAFETY: the path is a string, and the buffer is used only during the call.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let written = unsafe write(descriptor, bytes, bytes.count)
        close(descriptor)
        try require(written == bytes.count, "a temporary file")
        return try body(path)
    }
}

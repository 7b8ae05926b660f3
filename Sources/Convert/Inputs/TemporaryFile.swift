import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file without a name, in `TMPDIR` or `/var/tmp`, that is gone with the process.
final class TemporaryFile: Sendable {
    private let directory: String
    private let descriptor: FileDescriptor

    init() throws(InputError) {
        directory = Self.directory
        var template = (directory + "/skipc-XXXXXX").utf8CString
        // SAFETY: the template is a writable C string, which mkstemp completes and unlink reads.
        let raw = unsafe template.withUnsafeMutableBufferPointer { name in
            guard let name = name.baseAddress else { return Int32(-1) }
            let raw = unsafe mkstemp(name)
            if raw >= 0 { unsafe unlink(name) }
            return raw
        }
        guard raw >= 0 else {
            throw InputError(.temporaryFile, file: directory, found: "\(Errno(rawValue: errno))")
        }
        descriptor = FileDescriptor(rawValue: raw)
    }

    deinit { try? descriptor.close() }

    private static var directory: String {
        // SAFETY: the environment is not changed by this program; the value is copied at once.
        guard let value = unsafe getenv("TMPDIR"), unsafe value.pointee != 0 else { return "/var/tmp" }
        return unsafe String(cString: value)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(InputError) {
        do {
            try unsafe descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
        } catch {
            throw InputError(.temporaryFile, file: directory, found: "\(error)")
        }
    }

    /// Reads what was written.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        var done = 0
        while done < buffer.count {
            let count: Int
            do {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                count = try unsafe descriptor.read(fromAbsoluteOffset: Int64(offset + done), into: rest)
            } catch {
                throw InputError(.temporaryFile, file: directory, found: "\(error)")
            }
            if count == 0 { throw InputError(.temporaryFile, file: directory, found: "less than was written") }
            done += count
        }
    }
}

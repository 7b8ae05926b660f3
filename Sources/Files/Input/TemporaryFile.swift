import Glibc
import SystemPackage

/// A file without a name, which is deleted when it is closed.
public final class TemporaryFile: Sendable {
    private let directory: String
    private let descriptor: FileDescriptor

    /// The directory for temporary files unless the caller chooses another.
    public static let standardDirectory = "/var/tmp"

    /// Creates the file in `directory`.
    public init(in directory: String) throws(InputError) {
        self.directory = directory
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

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(InputError) {
        do {
            try unsafe descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
        } catch {
            throw InputError(.temporaryFile, file: directory, found: "\(error)")
        }
    }

    /// Fills `buffer` with bytes that were written.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
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

import Glibc
import TestSupport
import Testing

/// A directory that exists during a test.
enum TemporaryDirectory {
    static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = "/tmp/skipgpt-tests-" + String(UInt64.random(in: .min ... .max), radix: 36)
        try #require(unsafe mkdir(path, 0o700) == 0)
        defer { remove(path) }
        return try body(path)
    }

    /// The names in a directory, sorted.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func remove(_ path: String) {
        unsafe chmod(path, 0o700)
        for name in names(in: path) { _ = unsafe unlink(path + "/" + name) }
        _ = unsafe rmdir(path)
    }
}

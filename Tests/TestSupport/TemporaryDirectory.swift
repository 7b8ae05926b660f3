import Foundation

/// A new directory for one test. It is removed with the value.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("skipc-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A test may have removed the permission to write.
        try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Calls `body` with the path of a new directory, which is removed afterwards.
    public static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let directory = try TemporaryDirectory()
        return try withExtendedLifetime(directory) { try body(directory.path) }
    }

    /// The names in a directory, sorted; none if it cannot be read.
    public static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// The path of a file in the directory.
    public func file(_ name: String) -> String { path + "/" + name }

    public func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    public func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Changes the length of a file. New bytes are zero and take no space on the disk.
    public func resize(_ name: String, to byteCount: Int) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
        try file.truncate(atOffset: UInt64(byteCount))
        try file.close()
    }

    public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    public func setModificationTime(_ name: String, secondsSince1970 seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: file(name))
    }

    public func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    }

    /// The names of the directory's entries, sorted.
    public var contents: [String] { Self.names(in: path) }
}

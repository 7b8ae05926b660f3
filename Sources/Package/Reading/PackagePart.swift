import SkipFiles
import SkipFormat

/// An open `.skipz` file: its header and its index, checked.
public struct PackagePart: Sendable {
    public let file: InputFile
    public let header: PackageHeader
    public let entries: [IndexEntry]

    /// Opens and checks the package at `path`. It may end anywhere after its index.
    public init(opening path: String) throws(PackageError) {
        let file: InputFile
        do {
            file = try InputFile(opening: path)
        } catch  where error.rule == .notRegularFile {
            throw .broken(PackageViolation(.regularFile, at: 0), path: path)
        } catch {
            throw .input(error)
        }
        self.file = file
        let available = min(file.byteCount, PackageLimits.headerByteCount)
        let bytes = try PackageError.input { () throws(InputError) in try file.bytes(0..<available) }
        header = try Self.checked(path) { () throws(PackageViolation.Failure) in
            try HeaderReader(bytes: bytes, fileByteCount: file.byteCount).read()
        }
        let range = header.indexRange
        guard range.upperBound <= file.byteCount else {
            throw .broken(
                PackageViolation(
                    .frontPresent, at: file.byteCount, found: .number(Int64(file.byteCount)),
                    required: .number(Int64(range.upperBound))), path: path)
        }
        let index = try PackageError.input { () throws(InputError) in try file.bytes(range) }
        let header = header
        entries = try Self.checked(path) { () throws(PackageViolation.Failure) in
            try IndexReader(header: header, bytes: index).read()
        }
    }

    public var path: String { file.path }

    /// Whether the file has all bytes that the header states.
    public var isWhole: Bool { file.byteCount == header.packageByteCount }

    private static func checked<Result>(
        _ path: String, _ body: () throws(PackageViolation.Failure) -> Result
    ) throws(PackageError) -> Result {
        do { return try body() } catch { throw .broken(error.violation, path: path) }
    }
}

extension PackageViolation {
    /// A violation that is thrown where the path is not known.
    struct Failure: Error {
        let violation: PackageViolation

        init(
            _ rule: PackageRule, at byteOffset: Int, block: Int? = nil, found: Finding = .nothing,
            required: Finding = .nothing
        ) {
            violation = PackageViolation(rule, at: byteOffset, block: block, found: found, required: required)
        }
    }
}

import SkipFiles
import SkipFormat

/// A broken rule of a package: the place, what was found and what is required.
public struct PackageViolation: Equatable, Sendable {
    public typealias Finding = RuleViolation.Finding

    public let rule: PackageRule
    /// Absolute position in the package.
    public let byteOffset: Int
    /// The number of the block that it concerns.
    public let block: Int?
    public let found: Finding
    public let required: Finding

    init(
        _ rule: PackageRule, at byteOffset: Int, block: Int? = nil, found: Finding = .nothing,
        required: Finding = .nothing
    ) {
        self.rule = rule
        self.byteOffset = byteOffset
        self.block = block
        self.found = found
        self.required = required
    }
}

/// Why a package could not be written, read or unpacked.
public enum PackageError: Error, Equatable, Sendable {
    /// The package at `path` breaks a rule.
    case broken(PackageViolation, path: String)
    /// A `.skipgpt` file, or the one in the package, breaks a rule of its format.
    case model(SkipFileFailure)
    case input(InputError)
    case output(OutputError)
    /// Blocks are missing or damaged. The others are in the partial output, if there is one.
    case incomplete(path: String, missing: MissingBlocks, partialPath: String?)
    /// The written file does not pass the reader: a defect of this program, or damage between memory and disk.
    case selfCheck
    /// The system refused memory for compression.
    case memoryRefused
    /// A part of the smallest size would have more than the limit allows.
    case partTooSmall(byteCount: Int)
    case cancelled

    static func input<Result>(_ body: () throws(InputError) -> Result) throws(PackageError) -> Result {
        do { return try body() } catch { throw .input(error) }
    }

    static func output<Result>(_ body: () throws(OutputError) -> Result) throws(PackageError) -> Result {
        do { return try body() } catch { throw .output(error) }
    }
}

/// The blocks that could not be restored.
public struct MissingBlocks: Equatable, Sendable {
    /// In the order of the file.
    public let failures: [BlockFailure]
    /// The number of all blocks of weights.
    public let blockCount: Int
}

/// A block that could not be restored.
public struct BlockFailure: Equatable, Sendable {
    public let block: Int
    /// The path of the part or the base that should have it; nil if it should be in a part that was not given.
    public let path: String?
    /// Absolute positions of its stored bytes in that file.
    public let byteRange: Range<Int>
    public let violation: PackageViolation
}

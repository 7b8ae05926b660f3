import SkipFiles
import SkipFormat

/// An open package: the parts that are there, and the tables of the file that they hold. Everything but the blocks of
/// weights is checked.
public struct Package: Sendable {
    /// The parts that were opened, by ascending number.
    public let parts: [PackagePart]
    /// The file in the package. Only its tables and metadata may be read. Without the base, the tokenizer of a delta
    /// may be missing.
    public let model: SkipFile
    public let blocks: ModelBlocks
    /// For each block of weights, the part and the entry in it; `none` if no part has the block.
    let places: [BlockPlace]
    let base: BaseFile?
    /// Whether `model` has its tokenizer, if it has one at all.
    public let hasTokenizer: Bool

    public var header: PackageHeader { parts[0].header }
    public var path: String { parts[0].path }
    public var isDelta: Bool { header.baseRootHash != nil }

    /// Opens the parts of a package, in any order. The first part must be there; others may be missing.
    ///
    /// - Parameter requiresBase: false if a delta may be opened without its base, to look at it.
    public init(opening paths: [String], base: BaseFile? = nil, requiresBase: Bool = true) throws(PackageError) {
        var parts: [PackagePart] = []
        for path in paths { parts.append(try PackagePart(opening: path)) }
        parts.sort { $0.header.partNumber < $1.header.partNumber }
        try Self.checkSet(parts)
        self.parts = parts
        try Self.checkBase(base, parts[0], isRequired: requiresBase)
        self.base = base
        let (model, hasTokenizer) = try FrontReader(part: parts[0]).read()
        var complete = model
        if !hasTokenizer, let base { complete = try base.addingTokenizer(to: model, parts[0]) }
        self.model = complete
        self.hasTokenizer = hasTokenizer || base != nil
        blocks = ModelBlocks(complete)
        try Self.checkModel(complete, blocks, parts[0], hasTokenizer: self.hasTokenizer)
        places = try Self.places(parts, blocks)
    }

    private static func checkSet(_ parts: [PackagePart]) throws(PackageError) {
        guard let first = parts.first else { preconditionFailure("a package has a part") }
        for (index, part) in parts.enumerated() {
            let previous = index == 0 ? 0 : parts[index - 1].header.partNumber
            guard part.header.isOfSamePackage(as: first.header), part.header.partNumber > previous,
                first.header.partNumber == 1
            else {
                throw .broken(
                    PackageViolation(
                        .parts, at: PackageHeader.Offset.partNumber, found: .number(Int64(part.header.partNumber)),
                        required: index == 0 ? .number(1) : .nothing), path: part.path)
            }
        }
    }

    private static func checkBase(_ base: BaseFile?, _ part: PackagePart, isRequired: Bool) throws(PackageError) {
        let required = part.header.baseRootHash
        let found = base?.model.header.rootHash
        if required == found || base == nil && !isRequired { return }
        throw .broken(
            PackageViolation(
                .base, at: PackageHeader.Offset.baseRootHash, found: found.map { .digest($0) } ?? .nothing,
                required: required.map { .digest($0) } ?? .nothing), path: part.path)
    }

    private static func checkModel(
        _ model: SkipFile, _ blocks: ModelBlocks, _ part: PackagePart, hasTokenizer: Bool
    ) throws(PackageError) {
        guard model.header.rootHash == part.header.rootHash else {
            throw .broken(
                PackageViolation(
                    .fileIdentity, at: PackageHeader.Offset.rootHash, found: .digest(part.header.rootHash),
                    required: .digest(model.header.rootHash)), path: part.path)
        }
        let tokenizer = RuleSubject.section(SectionID(.tokenizer))
        for error in model.verifyHashTree() {
            if case .broken(let violation) = error, violation.subject == tokenizer, !hasTokenizer { continue }
            throw .model(SkipFileFailure(path: part.path, error: error))
        }
        guard blocks.count == part.header.blockCount else {
            throw .broken(
                PackageViolation(
                    .blockCounts, at: PackageHeader.Offset.blockCount, found: .number(Int64(part.header.blockCount)),
                    required: .number(Int64(blocks.count))), path: part.path)
        }
    }

    /// Checks the entries of blocks of weights against the tables, and returns where each block is.
    private static func places(_ parts: [PackagePart], _ blocks: ModelBlocks) throws(PackageError) -> [BlockPlace] {
        var places = [BlockPlace](repeating: .none, count: blocks.leafCount)
        for (partIndex, part) in parts.enumerated() {
            for (index, entry) in part.entries.enumerated() where entry.block >= blocks.front.count {
                let offset = part.header.indexRange.lowerBound + index * PackageLimits.indexEntryByteCount
                func broken(_ rule: PackageRule, _ found: Int, _ required: Int) -> PackageError {
                    .broken(
                        PackageViolation(
                            rule, at: offset, block: entry.block, found: .number(Int64(found)),
                            required: .number(Int64(required))), path: part.path)
                }
                let byteCount = blocks.byteRange(of: entry.block).count
                if entry.rawByteCount != byteCount { throw broken(.rawByteCount, entry.rawByteCount, byteCount) }
                let encoding = PlaneLayout(blocks.tensor(of: entry.block)).encoding
                guard [.stored, .whole, encoding].contains(entry.encoding) else {
                    throw broken(.encodingOfType, Int(entry.encoding.rawValue), Int(encoding.rawValue))
                }
                let leaf = entry.block - blocks.front.count
                if places[leaf] != .none {
                    throw broken(.blockTwice, part.header.partNumber, parts[places[leaf].part].header.partNumber)
                }
                places[leaf] = BlockPlace(part: partIndex, entry: index)
            }
        }
        // A complete set that is no delta has every block.
        if parts.count == parts[0].header.partCount, parts[0].header.baseRootHash == nil,
            let leaf = places.firstIndex(of: .none)
        {
            throw .broken(
                PackageViolation(
                    .blockTwice, at: parts[0].header.indexRange.lowerBound, block: leaf + blocks.front.count,
                    found: .number(0), required: .number(1)), path: parts[0].path)
        }
        return places
    }

    /// The beginning of the file, up to its weights.
    var fileStart: [UInt8] {
        // SAFETY: the array is a copy of the bytes in memory.
        unsafe Array(model.file.bytes(0..<model.file.byteCount))
    }

    /// Returns the part and the entry that have a block of weights; nil if no part that is there has it.
    func place(of block: Int) -> (part: PackagePart, entry: IndexEntry)? {
        let place = places[block - blocks.front.count]
        if place == .none { return nil }
        let part = parts[place.part]
        return (part, part.entries[place.entry])
    }
}

/// The place of a block in the parts of a package.
struct BlockPlace: Equatable {
    let part: Int
    let entry: Int

    static let none = BlockPlace(part: -1, entry: -1)
}

extension PackageHeader {
    /// Whether two headers are those of parts of one package.
    fileprivate func isOfSamePackage(as other: PackageHeader) -> Bool {
        fileByteCount == other.fileByteCount && rootHash == other.rootHash && baseRootHash == other.baseRootHash
            && blockCount == other.blockCount && frontBlockCount == other.frontBlockCount
            && partCount == other.partCount
    }
}

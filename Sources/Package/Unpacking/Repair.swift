import SkipFiles
import SkipFormat

/// Rewrites the bad blocks of a damaged file in place, from the package of the same file.
public struct Repair: Sendable {
    public let package: Package

    public init(_ package: Package) { self.package = package }

    /// What is wrong with a file, and where the package has it.
    public struct Plan: Sendable {
        /// The blocks of weights to rewrite, in ascending order.
        public let blocks: [BlockLocation]
        /// Whether the header, the tables or the metadata must be rewritten.
        public let hasBadFront: Bool
        /// Whether the length or the padding at the end is wrong.
        public let hasBadEnd: Bool

        public var isSound: Bool { blocks.isEmpty && !hasBadFront && !hasBadEnd }
    }

    /// Finds out what is wrong with the file at `path`, without changing it.
    public func plan(_ path: String, options: WorkOptions = WorkOptions()) throws(PackageError) -> Plan {
        try plan(try open(path, isReadOnly: true), options)
    }

    /// Repairs the file at `path`. A good block is never written, so that an interruption leaves the file no worse.
    ///
    /// - Throws: `incomplete` if the package lacks blocks that are needed, after the others have been repaired.
    public func run(_ path: String, options: WorkOptions = WorkOptions()) throws(PackageError) -> Plan {
        let file = try open(path, isReadOnly: false)
        let plan = try plan(file, options)
        if plan.isSound { return plan }
        let byteCount = package.model.header.fileByteCount
        let end = package.blocks.byteRange(of: package.blocks.count - 1).upperBound
        try PackageError.output { () throws(OutputError) in
            if plan.hasBadEnd {
                // Cutting the padding off makes it zero.
                try file.resize(to: min(end, file.byteCount))
                try file.resize(to: byteCount)
            }
        }
        let result = try BlockRestorer(package: package, target: file).run(plan.blocks.map(\.block), options)
        try PackageError.output { () throws(OutputError) in
            if plan.hasBadFront { try file.write(package.fileStart, at: 0) }
            try file.synchronize()
        }
        if !result.failures.isEmpty {
            throw .incomplete(
                path: package.path,
                missing: MissingBlocks(failures: result.failures, blockCount: package.blocks.leafCount),
                partialPath: nil)
        }
        do {
            guard try SkipFile(descriptor: file.descriptor, path: path).header == package.model.header else {
                throw PackageError.selfCheck
            }
        } catch {
            throw .selfCheck
        }
        return plan
    }

    private func open(_ path: String, isReadOnly: Bool) throws(PackageError) -> ExistingFile {
        var inputs = ProtectedFiles()
        for part in package.parts { inputs.add(path: part.path) }
        if let base = package.base { inputs.add(path: base.file.path) }
        let protected = inputs
        return try PackageError.output { () throws(OutputError) in
            try ExistingFile(opening: path, isReadOnly: isReadOnly, inputs: protected)
        }
    }

    private func plan(_ file: ExistingFile, _ options: WorkOptions) throws(PackageError) -> Plan {
        let start = package.fileStart
        let byteCount = package.model.header.fileByteCount
        let end = package.blocks.byteRange(of: package.blocks.count - 1).upperBound
        let (front, tail) = try PackageError.output { () throws(OutputError) in
            (
                try DescriptorAccess.bytes(file.descriptor, 0..<start.count, path: file.path),
                try DescriptorAccess.bytes(file.descriptor, end..<byteCount, path: file.path)
            )
        }
        let bad = try BlockScanner(blocks: package.blocks, file: file).badBlocks(options)
        // Another file must not be overwritten by this one. A damaged one has the root hash, or half of the blocks.
        let found = front.digest(at: Unpacking.rootHashOffset)
        let required = package.model.header.rootHash
        guard found == required || bad.count * 2 <= package.blocks.leafCount else {
            throw .broken(
                PackageViolation(
                    .repairedFile, at: Unpacking.rootHashOffset, found: .digest(found), required: .digest(required)),
                path: file.path)
        }
        return Plan(
            blocks: bad.map { package.location(of: $0) }, hasBadFront: front != start,
            hasBadEnd: file.byteCount != byteCount || tail.contains { $0 != 0 })
    }
}

extension ExistingFile: RestoredFile {}

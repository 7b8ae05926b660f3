import SkipFiles
import SkipFormat

/// Restores the file that is in a package.
///
/// The output gets its name when it is complete. If blocks are missing or damaged, the others are kept in a partial
/// output, from which the next call continues:
///
///     let package = try Package(opening: ["model.skipz"])
///     try Unpacking(package).write(to: OutputTarget(path: "model.skipgpt"))
public struct Unpacking: Sendable {
    public let package: Package

    public init(_ package: Package) { self.package = package }

    /// Returns the path of the partial output for an output.
    public static func partialPath(for path: String) -> String { path + ".partial" }

    /// Writes the file to `target`.
    ///
    /// - Throws: `incomplete` if blocks are missing, after the others have been written to the partial output.
    @discardableResult
    public func write(
        to target: OutputTarget, options: WorkOptions = WorkOptions()
    ) throws(PackageError) -> RestoredBlocks {
        let output = try open(target)
        try PackageError.output { () throws(OutputError) in
            if !output.isResumed { try output.resize(to: package.model.header.fileByteCount) }
            // Without its first bytes, a partial output is no file of the format.
            try output.write(start.dropping(Self.magicByteCount), at: Self.magicByteCount)
        }
        var missing = Array(package.blocks.weights)
        if output.isResumed { missing = try BlockScanner(blocks: package.blocks, file: output).badBlocks(options) }
        var result = try BlockRestorer(package: package, target: output).run(missing, options)
        result.keptCount = package.blocks.leafCount - missing.count
        if !result.failures.isEmpty { throw try keep(output, result) }
        try finish(output)
        return result
    }

    private static let magicByteCount = FormatLimits.magic.count

    /// Opens the partial output if there is one or if it is known that one will be left, and otherwise an output that
    /// leaves nothing behind if it is interrupted.
    private func open(_ target: OutputTarget) throws(PackageError) -> OutputFile {
        var inputs = target.inputs
        for part in package.parts { inputs.add(path: part.path) }
        if let base = package.base { inputs.add(path: base.file.path) }
        let protected = inputs
        let partialPath = Self.partialPath(for: target.path)
        let exists = try PackageError.input { () throws(InputError) in try FileProbe.isRegularFile(partialPath) }
        let isWhole = package.parts.count == package.header.partCount && package.parts.allSatisfy(\.isWhole)
        let output = try PackageError.output { () throws(OutputError) in
            exists || !isWhole
                ? try OutputFile(
                    path: target.path, overwrite: target.overwrite, inputs: protected, resumingAt: partialPath)
                : try OutputFile(path: target.path, overwrite: target.overwrite, inputs: protected)
        }
        if output.isResumed { try checkPartial(output, partialPath) }
        return output
    }

    /// Checks that a partial output is one of the same file.
    private func checkPartial(_ output: OutputFile, _ path: String) throws(PackageError) {
        let required = package.model.header
        let header = try PackageError.output { () throws(OutputError) in
            try DescriptorAccess.bytes(output.descriptor, 0..<FormatLimits.headerByteCount, path: path)
        }
        let found = header.digest(at: Self.rootHashOffset)
        guard found == required.rootHash, output.byteCount == required.fileByteCount else {
            throw .broken(
                PackageViolation(
                    .partialOutput, at: Self.rootHashOffset, found: .digest(found),
                    required: .digest(required.rootHash)), path: path)
        }
    }

    /// The position of the root hash in a `.skipgpt` file.
    static let rootHashOffset = 0xA0

    private var start: [UInt8] { package.fileStart }

    /// Completes the file, reads it back and gives it its name.
    private func finish(_ output: OutputFile) throws(PackageError) {
        let end = package.blocks.byteRange(of: package.blocks.count - 1).upperBound
        try PackageError.output { () throws(OutputError) in
            // A resumed output may have anything there.
            try output.write([UInt8](repeating: 0, count: package.model.header.fileByteCount - end), at: end)
            try output.write(start.prefix(Self.magicByteCount).map(\.self), at: 0)
            try output.synchronize()
        }
        let written: SkipFile
        do {
            written = try SkipFile(descriptor: output.descriptor, path: output.path)
        } catch {
            if case .system(let failure) = error { throw .output(.system(failure)) }
            throw .selfCheck
        }
        guard written.header == package.model.header else { throw .selfCheck }
        try PackageError.output { () throws(OutputError) in try output.publish() }
    }

    /// Keeps what was restored, and returns the error that says what is missing.
    private func keep(_ output: OutputFile, _ result: RestoredBlocks) throws(PackageError) -> PackageError {
        let partialPath = Self.partialPath(for: output.path)
        let isUseful = result.restoredCount + result.copiedCount + result.keptCount > 0
        try PackageError.output { () throws(OutputError) in
            if isUseful { try output.synchronize() }
            try output.keep(at: partialPath)
        }
        return .incomplete(
            path: package.path,
            missing: MissingBlocks(failures: result.failures, blockCount: package.blocks.leafCount),
            partialPath: partialPath)
    }
}

extension [UInt8] {
    fileprivate func dropping(_ count: Int) -> [UInt8] { Array(dropFirst(count)) }
}

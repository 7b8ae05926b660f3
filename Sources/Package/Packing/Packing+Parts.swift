import SkipFiles
import SkipFormat

extension Packing {
    /// The most parts that are written: all of them are open until the last one is complete.
    static let partLimit = 200

    /// Packs into parts of at most `byteLimit` bytes, named `NAME-00001-of-00005.skipz` for the target `NAME.skipz`.
    ///
    /// Compresses twice: the sizes of all blocks are needed before the first part is written. On failure no part is left
    /// behind.
    public func writeParts(
        to target: OutputTarget, byteLimit: Int, options: WorkOptions = WorkOptions()
    ) throws(PackageError) -> [PackedFile] {
        let parts = try parts(try measure(options: options).entries, byteLimit: byteLimit)
        let inputs = protectedFiles(target)
        var outputs: [OutputFile] = []
        var packed: [PackedFile] = []
        for part in parts {
            let path = PartNames.name(PartNames.stem(of: target.path), part: part.number, of: part.count)
            let output = try PackageError.output { () throws(OutputError) in
                try OutputFile(path: path, overwrite: target.overwrite, inputs: inputs)
            }
            let file = try pack(part, into: output, options)
            try PackageError.output { () throws(OutputError) in try output.synchronize() }
            try check(output, file)
            outputs.append(output)
            packed.append(file)
        }
        for output in outputs { try PackageError.output { () throws(OutputError) in try output.publish() } }
        return packed
    }

    /// Divides the blocks of a package: each part gets as many as fit.
    func parts(_ entries: [IndexEntry], byteLimit: Int) throws(PackageError) -> [PackingPart] {
        var weights: [[Int]] = [[]]
        var size = PackageLimits.headerByteCount
        for entry in entries {
            let byteCount = PackageLimits.indexEntryByteCount + entry.byteRange.count
            let isFront = entry.block < blocks.front.count
            if size + byteCount > byteLimit, !isFront {
                weights.append([])
                size = PackageLimits.headerByteCount
            }
            size += byteCount
            if size > byteLimit { throw .partTooSmall(byteCount: size) }
            if !isFront { weights[weights.count - 1].append(entry.block) }
        }
        guard weights.count <= Self.partLimit else {
            let total = entries.reduce(0) { $0 + PackageLimits.indexEntryByteCount + $1.byteRange.count }
            let largest = entries.map(\.byteRange.count).max() ?? 0
            throw .partTooSmall(byteCount: PackageLimits.headerByteCount + total / Self.partLimit + largest)
        }
        let partCount = weights.count
        return weights.enumerated().map { index, weights in
            PackingPart(
                number: index + 1, count: partCount, front: index == 0 ? front : [],
                batches: blocks.batches(of: weights))
        }
    }
}

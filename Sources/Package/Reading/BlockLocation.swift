import SkipFiles
import SkipFormat
import SkipModel

/// Where a block of a file is, in the file and in the package.
public struct BlockLocation: Equatable, Sendable {
    /// Its number in the file.
    public let block: Int
    /// The tensor of a block of weights.
    public let tensor: TensorID?
    /// Absolute positions of its bytes in the file.
    public let fileRange: Range<Int>
    /// The path of the part that has it, and the absolute positions of its stored bytes there; nil if no part that is
    /// there has it.
    public let packagePath: String?
    public let packageRange: Range<Int>?
    public let encoding: BlockEncoding?
    /// Whether the part has all bytes of the block.
    public let isPresent: Bool
}

extension Package {
    /// The locations of all blocks of the file, in ascending order.
    public var locations: [BlockLocation] { (0..<blocks.count).map { location(of: $0) } }

    func location(of block: Int) -> BlockLocation {
        let isWeight = block >= blocks.front.count
        let place: (part: PackagePart, entry: IndexEntry)?
        if isWeight {
            place = self.place(of: block)
        } else {
            place = parts[0].entries.first { $0.block == block }.map { (parts[0], $0) }
        }
        return BlockLocation(
            block: block, tensor: isWeight ? blocks.tensor(of: block).id : nil, fileRange: blocks.byteRange(of: block),
            packagePath: place?.part.path, packageRange: place?.entry.byteRange, encoding: place?.entry.encoding,
            isPresent: place.map { $0.entry.byteRange.upperBound <= $0.part.file.byteCount } ?? false)
    }

    /// Checks all blocks of weights that the parts have, without writing them.
    public func verify(options: WorkOptions) throws(PackageError) -> RestoredBlocks {
        let present = blocks.weights.filter { place(of: $0) != nil || !isDelta }
        return try BlockRestorer(package: self, target: nil).run(present, options)
    }
}

extension MissingBlocks {
    /// The byte ranges of the package's parts that are needed, neighbours together. A block that is in no part that was
    /// given has none.
    public var byteRanges: [(path: String, range: Range<Int>)] {
        var ranges: [(path: String, range: Range<Int>)] = []
        for failure in failures {
            guard let path = failure.path, !failure.byteRange.isEmpty else { continue }
            if let last = ranges.last, last.path == path, last.range.upperBound == failure.byteRange.lowerBound {
                ranges[ranges.count - 1].range = last.range.lowerBound..<failure.byteRange.upperBound
            } else {
                ranges.append((path, failure.byteRange))
            }
        }
        return ranges
    }
}

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
}

import SkipFiles
import SkipModel

/// Gathers rows of a tensor that is not contiguous: transposed, sliced or permuted.
///
/// The elements of a block are read through a window, which is the part of the storage from the first to the last of
/// them. If the window would be large or contain mostly other elements, the block is halved along its largest stride.
/// So the memory is bounded for any strides, and a nearly contiguous block needs one read.
struct StridedGather: ~Copyable {
    private var window = AlignedBuffer()

    private static let windowByteLimit = 4 << 20
    /// A window of at most this size is read even if few of its elements are requested.
    private static let smallWindowByteCount = 16 << 10
    /// A larger window is read if at least one in this number of its elements is requested.
    private static let leastUse = 4

    /// Fills `destination` with rows of a tensor that starts at `byteOffset` of the source, row-major.
    mutating func rows(
        _ rows: Range<Int>, of view: StridedView, elementByteCount: Int, from source: any ByteSource,
        at byteOffset: Int,
        into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        var sizes = view.shape.dimensions
        var sourceOffset = view.offset
        if sizes.count >= 2 {
            sourceOffset += rows.lowerBound * view.strides[0]
            sizes[0] = rows.count
        }
        if sizes.contains(0) { return }
        let reader = BlockReader(source: source, byteOffset: byteOffset, elementByteCount: elementByteCount)
        let block = StridedBlock(sizes: sizes, strides: view.strides, sourceOffset: sourceOffset)
        try unsafe gather(block, reader, into: destination)
    }

    private struct BlockReader {
        let source: any ByteSource
        let byteOffset: Int
        let elementByteCount: Int
    }

    private mutating func gather(
        _ block: StridedBlock, _ reader: BlockReader, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        let width = reader.elementByteCount
        let span = block.span
        let isDense = span <= block.count * Self.leastUse || span * width <= Self.smallWindowByteCount
        if block.count > 1, !isDense || span * width > Self.windowByteLimit {
            let (first, second) = block.halves
            try unsafe gather(first, reader, into: destination)
            try unsafe gather(second, reader, into: destination)
            return
        }
        let bytes = unsafe window.reserve(span * width)
        try unsafe reader.source.read(at: reader.byteOffset + block.sourceOffset * width, into: bytes)
        switch width {
        case 1: unsafe block.scatter(bytes, into: destination, as: UInt8.self)
        case 2: unsafe block.scatter(bytes, into: destination, as: UInt16.self)
        case 4: unsafe block.scatter(bytes, into: destination, as: UInt32.self)
        default: unsafe block.scatter(bytes, into: destination, as: UInt64.self)
        }
    }
}

/// Elements at regular distances in a storage, with their positions in a row-major destination. Units are elements.
private struct StridedBlock {
    /// The dimensions of more than one element. None is 0.
    private let dimensions: [Dimension]
    let sourceOffset: Int
    private let destinationOffset: Int

    private struct Dimension {
        var size: Int
        let stride: Int
        let destinationStride: Int
    }

    /// Creates the block of a whole destination.
    init(sizes: [Int], strides: [Int], sourceOffset: Int) {
        var dimensions: [Dimension] = []
        var destinationStride = 1
        for (size, stride) in zip(sizes, strides).reversed() {
            if size > 1 {
                dimensions.append(Dimension(size: size, stride: stride, destinationStride: destinationStride))
            }
            destinationStride *= size
        }
        self.init(dimensions: dimensions.reversed(), sourceOffset: sourceOffset, destinationOffset: 0)
    }

    private init(dimensions: [Dimension], sourceOffset: Int, destinationOffset: Int) {
        self.dimensions = dimensions.filter { $0.size > 1 }
        self.sourceOffset = sourceOffset
        self.destinationOffset = destinationOffset
    }

    var count: Int { dimensions.reduce(1) { $0 * $1.size } }

    /// The number of elements of the storage from the first to the last one of the block.
    var span: Int { dimensions.reduce(1) { $0 + ($1.size - 1) * $1.stride } }

    /// The two halves of the block along its largest stride. The block must have more than one element.
    var halves: (StridedBlock, StridedBlock) {
        let cut = dimensions.indices.max { dimensions[$0].stride < dimensions[$1].stride } ?? 0
        let half = dimensions[cut].size / 2
        var first = dimensions
        first[cut].size = half
        var second = dimensions
        second[cut].size -= half
        return (
            StridedBlock(dimensions: first, sourceOffset: sourceOffset, destinationOffset: destinationOffset),
            StridedBlock(
                dimensions: second, sourceOffset: sourceOffset + half * dimensions[cut].stride,
                destinationOffset: destinationOffset + half * dimensions[cut].destinationStride)
        )
    }

    /// Copies the elements from a window that starts with the first of them.
    func scatter<Element: FixedWidthInteger & BitwiseCopyable>(
        _ window: UnsafeMutableRawBufferPointer, into destination: UnsafeMutableRawBufferPointer, as type: Element.Type
    ) {
        let width = MemoryLayout<Element>.size
        let inner = dimensions.last ?? Dimension(size: 1, stride: 0, destinationStride: 0)
        var counters = [Int](repeating: 0, count: max(dimensions.count - 1, 0))
        var from = 0
        var to = destinationOffset
        while true {
            for index in 0..<inner.size {
                // SAFETY: `span` and the destination's size bound both positions. Element types are plain integers.
                let element = unsafe window.loadUnaligned(
                    fromByteOffset: (from + index * inner.stride) * width, as: type)
                unsafe destination.storeBytes(
                    of: element, toByteOffset: (to + index * inner.destinationStride) * width, as: type)
            }
            // Advances the outer dimensions, the innermost first.
            var position = counters.count - 1
            while position >= 0 {
                let dimension = dimensions[position]
                counters[position] += 1
                from += dimension.stride
                to += dimension.destinationStride
                if counters[position] < dimension.size { break }
                from -= dimension.size * dimension.stride
                to -= dimension.size * dimension.destinationStride
                counters[position] = 0
                position -= 1
            }
            if position < 0 { return }
        }
    }
}

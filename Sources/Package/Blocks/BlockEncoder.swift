import SkipFiles

/// Encodes blocks. Each thread has one.
@safe struct BlockEncoder: ~Copyable {
    private let compressor: ZstdCompressor
    private var planes = AlignedBuffer()

    init(_ content: ZstdCompressor.Content) { compressor = ZstdCompressor(content) }

    /// Returns the room that `encode` needs for a block of `byteCount` raw bytes.
    static func bound(_ byteCount: Int) -> Int {
        // Four planes have more overhead than one, each at most that of the bound plus a few bytes.
        ZstdCompressor.bound(byteCount) + 4 * 512
    }

    /// Encodes a block into `target` and returns its encoding and its stored length.
    mutating func encode(
        _ raw: UnsafeRawBufferPointer, _ layout: PlaneLayout, into target: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> (encoding: BlockEncoding, byteCount: Int) {
        let lengths = layout.planeByteCounts(raw.count)
        let planes = unsafe self.planes.reserve(raw.count)
        unsafe Planes.split(raw, layout, into: planes)
        var end = 4 * lengths.count
        var start = 0
        for (index, length) in lengths.enumerated() {
            let plane = unsafe UnsafeRawBufferPointer(rebasing: planes[start..<start + length])
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: target[end...])
            var stored = length == 0 ? 0 : try unsafe compressor.compress(plane, into: room)
            if stored >= length {
                unsafe room.copyMemory(from: plane)
                stored = length
            }
            unsafe target.storeBytes(of: UInt32(stored).littleEndian, toByteOffset: 4 * index, as: UInt32.self)
            end += stored
            start += length
        }
        if end < raw.count { return (layout.encoding, end) }
        unsafe target.copyMemory(from: raw)
        return (.stored, raw.count)
    }
}

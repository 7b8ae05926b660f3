import SkipFiles

/// Decodes blocks. Each thread has one.
@safe struct BlockDecoder: ~Copyable {
    private let decompressor = ZstdDecompressor()
    private var planes = AlignedBuffer()

    /// Decodes a block into `raw`, which has the length of the raw bytes. Returns the rule that the block breaks, and
    /// the position in `stored` where it does, or nil.
    mutating func decode(
        _ stored: UnsafeRawBufferPointer, _ layout: PlaneLayout, into raw: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> (rule: PackageRule, byteOffset: Int)? {
        if layout.encoding == .stored {
            guard stored.count == raw.count else { return (.planes, 0) }
            unsafe raw.copyMemory(from: stored)
            return nil
        }
        let lengths = layout.planeByteCounts(raw.count)
        guard stored.count >= 4 * lengths.count else { return (.planes, 0) }
        let scratch = unsafe self.planes.reserve(raw.count)
        var planes: [UnsafeRawBufferPointer] = unsafe []
        var position = 4 * lengths.count
        var start = 0
        for (index, length) in lengths.enumerated() {
            let storedLength = unsafe Int(
                UInt32(littleEndian: stored.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            guard storedLength <= min(length, stored.count - position), (storedLength == 0) == (length == 0) else {
                return (.planes, 4 * index)
            }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: stored[position..<position + storedLength])
            if storedLength == length {
                unsafe planes.append(bytes)
            } else {
                // One plane needs no joining.
                let plane =
                    unsafe lengths.count == 1
                    ? raw : UnsafeMutableRawBufferPointer(rebasing: scratch[start..<start + length])
                if let rule = try unsafe decompressor.decompress(bytes, into: plane) { return (rule, position) }
                if lengths.count == 1 { return storedLength + position == stored.count ? nil : (.planes, 0) }
                unsafe planes.append(UnsafeRawBufferPointer(plane))
            }
            position += storedLength
            start += length
        }
        guard position == stored.count else { return (.planes, 0) }
        unsafe Planes.join(planes, layout, into: raw)
        return nil
    }
}

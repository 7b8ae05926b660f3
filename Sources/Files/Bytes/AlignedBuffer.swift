/// Scratch memory that grows and is reused.
@safe package struct AlignedBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer

    package init() { unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { unsafe memory.deallocate() }

    /// A region of exactly `byteCount` bytes, aligned to 64. What an earlier call returned is no longer valid.
    package mutating func reserve(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe byteCount > memory.count {
            // SAFETY: nobody keeps an earlier region, as the method's contract says.
            unsafe memory.deallocate()
            unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount])
    }

    /// A region of `count` floats; as with `reserve`, an earlier one is no longer valid.
    package mutating func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        // SAFETY: the region is aligned to 64, holds `count` floats, and nothing else is bound to it. One float more, so
        // that an empty region has an address too.
        let region = unsafe reserve((count + 1) * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
        guard let start = region.baseAddress else { preconditionFailure("a region of at least one float") }
        return unsafe start
    }
}

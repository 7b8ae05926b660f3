/// Scratch memory that is reused and grows when needed.
@safe package struct AlignedBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer

    package init() { unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { unsafe memory.deallocate() }

    /// Returns a region of exactly `byteCount` bytes, aligned to 64. Invalidates the regions of earlier calls.
    package mutating func reserve(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe byteCount > memory.count {
            // SAFETY: earlier regions are not used any more, as the method's contract says.
            unsafe memory.deallocate()
            unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount])
    }

    /// Returns a region of `count` floats. Invalidates the regions of earlier calls.
    package mutating func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        // SAFETY: the region is aligned to 64, has room for `count` floats, and is not bound to another type. It has
        // one float more, so that an empty region has an address too.
        let region = unsafe reserve((count + 1) * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
        guard let start = region.baseAddress else { preconditionFailure("a region of at least one float") }
        return unsafe start
    }
}

/// Scratch memory that is taken and given back in the order of a stack, and kept for the next use.
///
/// A recursive evaluation takes one region per step. The memory of each depth grows to the largest region that was taken
/// there, so that a steady state allocates nothing.
@safe struct ScratchStack: ~Copyable {
    // SAFETY: regions of one depth are used by one caller at a time, as `push` and `pop` say; `deinit` frees them.
    private var regions: [UnsafeMutableRawBufferPointer] = unsafe []
    private var depth = 0

    deinit { for index in unsafe regions.indices { unsafe regions[index].deallocate() } }

    /// Takes a region of exactly `byteCount` bytes, aligned to 64. It is valid until the matching `pop`.
    mutating func push(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe depth == regions.count {
            unsafe regions.append(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        }
        if unsafe byteCount > regions[depth].count {
            // SAFETY: nobody uses the region of this depth now.
            unsafe regions[depth].deallocate()
            unsafe regions[depth] = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        }
        depth += 1
        return unsafe UnsafeMutableRawBufferPointer(rebasing: regions[depth - 1][..<byteCount])
    }

    /// Takes a region of `count` floats.
    mutating func pushFloats(_ count: Int) -> UnsafeMutablePointer<Float> {
        // SAFETY: the region is aligned and large enough, and nothing else is bound to it. One float more than needed, so
        // that an empty region has an address too.
        let region = unsafe push((count + 1) * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
        guard let start = region.baseAddress else { preconditionFailure("a region of at least one float") }
        return unsafe start
    }

    /// Gives back the region that was taken last.
    mutating func pop() {
        precondition(depth > 0)
        depth -= 1
    }
}

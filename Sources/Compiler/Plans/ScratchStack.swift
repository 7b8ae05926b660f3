/// Scratch memory that is allocated and released in the order of a stack, and reused.
///
/// A recursive evaluation uses one region per step. The memory of each depth grows to its largest region, so that
/// further evaluations allocate nothing.
@safe struct ScratchStack: ~Copyable {
    // SAFETY: a region has one user at a time, between `push` and `pop`. `deinit` frees the regions.
    private var regions: [UnsafeMutableRawBufferPointer] = unsafe []
    private var depth = 0

    deinit { for index in unsafe regions.indices { unsafe regions[index].deallocate() } }

    /// Returns a region of exactly `byteCount` bytes, aligned to 64. It is valid until the matching `pop`.
    mutating func push(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe depth == regions.count {
            unsafe regions.append(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        }
        if unsafe byteCount > regions[depth].count {
            // SAFETY: the region of this depth is not in use.
            unsafe regions[depth].deallocate()
            unsafe regions[depth] = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        }
        depth += 1
        return unsafe UnsafeMutableRawBufferPointer(rebasing: regions[depth - 1][..<byteCount])
    }

    /// Returns a region of `count` floats. It is valid until the matching `pop`.
    mutating func pushFloats(_ count: Int) -> UnsafeMutablePointer<Float> {
        // SAFETY: the region is aligned, large enough and not bound to another type. It has one float more, so that an
        // empty region has an address too.
        let region = unsafe push((count + 1) * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
        guard let start = region.baseAddress else { preconditionFailure("a region of at least one float") }
        return unsafe start
    }

    /// Releases the region of the last `push`.
    mutating func pop() {
        precondition(depth > 0)
        depth -= 1
    }
}

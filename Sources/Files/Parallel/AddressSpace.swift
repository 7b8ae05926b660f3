import Glibc

/// The address space that the process may still use, which `ulimit -v` limits.
package enum AddressSpace {
    /// Returns whether `byteCount` bytes can be mapped now. Uses no memory.
    package static func isAvailable(_ byteCount: Int) -> Bool {
        // SAFETY: a new mapping that nothing accesses, and which is removed at once.
        let address = unsafe mmap(
            nil, byteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE), -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { return false }
        _ = unsafe munmap(address, byteCount)
        return true
    }
}

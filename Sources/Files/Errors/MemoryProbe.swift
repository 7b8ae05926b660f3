import Glibc

/// Asks the system for memory before allocations that cannot report a failure.
///
/// Arrays end the process if the system refuses memory. Sizes that come from a file are therefore requested from the
/// system first, and released. A refusal depends on the limit of the process's address space (`ulimit -v`) and on the
/// system's policy for overcommitting memory.
public enum MemoryProbe {
    /// Returns whether the process may map `byteCount` bytes more.
    public static func grants(_ byteCount: Int) -> Bool {
        if byteCount <= 0 { return true }
        // SAFETY: a new anonymous mapping aliases nothing; MAP_FAILED is -1. It is unmapped at once and never accessed.
        let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, Int(bitPattern: mapped) != -1 else { return false }
        unsafe munmap(mapped, byteCount)
        return true
    }

    /// Throws `memoryRefused` unless the process may map `byteCount` bytes more to read the file at `path`.
    public static func require(_ byteCount: Int, toRead path: String) throws(InputError) {
        if byteCount >= smallestByteCount, !grants(byteCount) {
            throw InputError(
                .memoryRefused, file: path, found: "a refusal of \(byteCount) bytes", required: "that much memory")
        }
    }

    /// Smaller amounts are not requested, because a process needs as much for anything.
    private static let smallestByteCount = 1 << 20
}

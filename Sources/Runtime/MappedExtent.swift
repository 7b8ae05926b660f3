import Glibc

/// A run of weights in a mapped file that is read as a whole or not at all: a module of a layer. Trivial.
@safe
package struct MappedExtent: Sendable {
    /// A model in memory has nothing to be read.
    package static let none = unsafe MappedExtent(bytes: UnsafeRawBufferPointer(start: nil, count: 0))

    // SAFETY: bytes of a mapping that lives as long as the model; only advice is given about them.
    private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Precondition: `bytes` outlives the extent.
    @unsafe
    init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// Sets the disk to read it, if it is not in memory. Returns at once; a use of the bytes waits for what it needs.
    func willBeRead() { unsafe advise(MADV_WILLNEED) }

    /// Tells the kernel not to read on past what is asked for: what follows may be a module that is skipped.
    func isReadAlone() { unsafe advise(MADV_RANDOM) }

    @unsafe
    private func advise(_ advice: Int32) {
        guard let start = unsafe bytes.baseAddress, unsafe bytes.count > 0 else { return }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        let rest = Int(bitPattern: start) % pageSize
        // SAFETY: the pages of the mapping that hold the extent; advice changes no memory, and may be ignored.
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start - rest), bytes.count + rest, advice)
    }
}

/// Counts pages that had to wait for the disk.
enum DiskWaits {
    /// Of this process, so far.
    static var count: Int {
        var usage = rusage()
        // SAFETY: `usage` outlives the call.
        return unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_majflt : 0
    }
}

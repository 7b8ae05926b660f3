import Glibc

/// A range of weights in a mapped file that is read completely or not at all: a module of a layer. A plain value
/// without references.
@safe
package struct MappedExtent: Sendable {
    /// The extent of a model in memory, which is not read from disk.
    package static let none = unsafe MappedExtent(bytes: UnsafeRawBufferPointer(start: nil, count: 0))

    // SAFETY: bytes of a mapping that lives as long as the model; they are only passed to `madvise`.
    private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Precondition: `bytes` outlives the extent.
    @unsafe
    init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// Starts reading the extent from disk if it is not in memory. Returns at once; accesses wait for their pages.
    func willBeRead() { unsafe advise(MADV_WILLNEED) }

    /// Disables the kernel's own prefetch, because the next bytes may belong to a module that is skipped.
    func isReadAlone() { unsafe advise(MADV_RANDOM) }

    @unsafe
    private func advise(_ advice: Int32) {
        guard let start = unsafe bytes.baseAddress, unsafe bytes.count > 0 else { return }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        let rest = Int(bitPattern: start) % pageSize
        // SAFETY: the pages of the mapping that hold the extent. This advice changes no memory, and a failure is
        // harmless.
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start - rest), bytes.count + rest, advice)
    }
}

/// Counts page faults that waited for the disk.
enum DiskWaits {
    /// The number of major page faults of this process so far.
    static var count: Int {
        var usage = rusage()
        // SAFETY: `usage` outlives the call.
        return unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_majflt : 0
    }
}

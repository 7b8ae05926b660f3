import Synchronization

/// The mappings of this process, in a table that a signal handler can search without locks and allocation.
@safe
enum MappedRegions {
    /// The most mappings in the table. A fault in a mapping beyond it has the signal's default action.
    static let capacity = 256

    // SAFETY: allocated once and never freed, because a handler may run at any time. Fields other than `path` are
    // atomic.
    private nonisolated(unsafe) static let slots: UnsafeMutablePointer<MappedRegion> = {
        let slots = UnsafeMutablePointer<MappedRegion>.allocate(capacity: capacity)
        for index in 0..<capacity { unsafe (slots + index).initialize(to: MappedRegion()) }
        return unsafe slots
    }()

    /// Allocates the table, so that the handler does not have to.
    static func prepare() { _ = unsafe slots }

    static func add(address: UInt, byteCount: Int, path: String) {
        for index in 0..<capacity
        where unsafe slots[index].address.compareExchange(
            expected: MappedRegion.free, desired: MappedRegion.reserved, ordering: .acquiring
        ).exchanged {
            unsafe slots[index].setPath(path)
            unsafe slots[index].byteCount.store(UInt(byteCount), ordering: .relaxed)
            unsafe slots[index].address.store(address, ordering: .releasing)
            return
        }
    }

    static func remove(address: UInt) {
        for index in 0..<capacity
        where unsafe slots[index].address.compareExchange(
            expected: address, desired: MappedRegion.free, ordering: .relaxed
        ).exchanged { return }
    }

    /// Calls `body` with the path of the mapping that contains an address, and the offset in it. Safe in a signal
    /// handler.
    static func withRegion(at address: UInt, _ body: (_ path: UnsafeRawBufferPointer, _ offset: UInt) -> Void) {
        for index in 0..<capacity {
            let start = unsafe slots[index].address.load(ordering: .acquiring)
            guard start > MappedRegion.reserved, address >= start else { continue }
            let offset = address - start
            guard unsafe offset < slots[index].byteCount.load(ordering: .relaxed) else { continue }
            unsafe slots[index].withPath { path in unsafe body(path, offset) }
            return
        }
    }
}

/// One mapping.
private struct MappedRegion: ~Copyable {
    static let free: UInt = 0
    /// A slot that is being filled. No mapping begins at this address.
    static let reserved: UInt = 1

    /// The mapping's first byte, `free` or `reserved`.
    let address = Atomic<UInt>(free)
    let byteCount = Atomic<UInt>(0)
    /// The printable path in UTF-8, truncated to its last bytes.
    private var path = [200 of UInt8](repeating: 0)
    private var pathByteCount = 0

    mutating func setPath(_ text: String) {
        // The end of a long path, because it has the file's name. A description cuts the end.
        let end = Array(text.utf8.suffix(ByteString.printedByteLimit))
        let printable = Array(ByteString(bytes: end).description.utf8)
        let shown = printable.suffix(path.count)
        pathByteCount = shown.count
        for (index, byte) in shown.enumerated() { path[index] = byte }
    }

    func withPath(_ body: (UnsafeRawBufferPointer) -> Void) {
        let count = pathByteCount
        // SAFETY: the bytes are only used inside the call, and `count` is at most the array's length.
        unsafe path.span.withUnsafeBytes { bytes in unsafe body(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
    }
}

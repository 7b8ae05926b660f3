import Synchronization

/// The mappings of this process, in a table that a signal handler can search without locks and allocation.
@safe
enum MappedRegions {
    /// The most mappings in the table. A fault in a mapping beyond it has the signal's default action.
    static let capacity = 256

    // SAFETY: allocated once and never freed, because a handler may run at any time. All fields are atomic.
    private nonisolated(unsafe) static let slots: UnsafeMutablePointer<MappedRegion> = {
        let slots = UnsafeMutablePointer<MappedRegion>.allocate(capacity: capacity)
        for index in 0..<capacity { unsafe (slots + index).initialize(to: MappedRegion()) }
        return unsafe slots
    }()

    // SAFETY: as above. The path of a slot is written only by the thread that has reserved the slot.
    private nonisolated(unsafe) static let paths: UnsafeMutablePointer<RegionPath> = {
        let paths = UnsafeMutablePointer<RegionPath>.allocate(capacity: capacity)
        unsafe paths.initialize(repeating: RegionPath(), count: capacity)
        return unsafe paths
    }()

    /// Allocates the table, so that the handler does not have to.
    static func prepare() { _ = unsafe (slots, paths) }

    static func add(address: UInt, byteCount: Int, path: String) {
        for index in 0..<capacity
        where unsafe slots[index].address.compareExchange(
            expected: MappedRegion.free, desired: MappedRegion.reserved, ordering: .acquiring
        ).exchanged {
            unsafe paths[index].set(path)
            unsafe slots[index].byteCount.store(UInt(byteCount), ordering: .relaxed)
            unsafe slots[index].address.store(address, ordering: .releasing)
            return
        }
    }

    static func remove(address: UInt) {
        for index in 0..<capacity
        where unsafe slots[index].address.compareExchange(
            expected: address, desired: MappedRegion.free, ordering: .releasing
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
            unsafe paths[index].withBytes { path in unsafe body(path, offset) }
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
}

/// The printable path of a mapping in UTF-8, truncated to its last bytes.
private struct RegionPath {
    private var bytes = [200 of UInt8](repeating: 0)
    private var byteCount = 0

    mutating func set(_ text: String) {
        // The end of a long path, because it has the file's name. A description cuts the end.
        let end = Array(text.utf8.suffix(ByteString.printedByteLimit))
        let printable = Array(ByteString(bytes: end).description.utf8)
        let shown = printable.suffix(bytes.count)
        byteCount = shown.count
        for (index, byte) in shown.enumerated() { bytes[index] = byte }
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        let count = byteCount
        // SAFETY: the bytes are only used inside the call, and `count` is at most the array's length.
        unsafe bytes.span.withUnsafeBytes { bytes in unsafe body(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
    }
}

/// The bytes of a compiled table, read as little-endian numbers.
///
/// The only unsafe code of the tokenizer. Every access is checked against the bounds: after validation the check never
/// fails, and it costs nothing that a benchmark sees.
@safe
struct TableBytes: @unchecked Sendable {
    // SAFETY: whoever makes the value promises that the bytes outlive it and do not change; nothing writes through it,
    // so that it may be shared between threads.
    private let buffer: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer) { unsafe self.buffer = buffer }

    var count: Int { unsafe buffer.count }

    @inline(__always)
    subscript(offset: Int) -> UInt8 { unsafe buffer[offset] }

    /// The number at a byte offset that need not be aligned.
    @inline(__always)
    func uint32(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= count - 4)
        // SAFETY: the four bytes lie inside the buffer, checked above.
        return unsafe UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func uint64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8)
        // SAFETY: the eight bytes lie inside the buffer, checked above.
        return unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A copy of a range of bytes.
    func array(_ range: Range<Int>) -> [UInt8] { unsafe Array(buffer[range]) }

    func append(_ range: Range<Int>, to bytes: inout [UInt8]) { unsafe bytes.append(contentsOf: buffer[range]) }

    /// Whether the bytes of two ranges of one length are equal.
    @inline(__always)
    func areEqual(_ left: Int, _ right: Int, count length: Int) -> Bool {
        for index in 0..<length where self[left + index] != self[right + index] { return false }
        return true
    }

    /// Whether one range of bytes comes before another, byte by byte, the shorter of two equal beginnings first.
    func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        unsafe buffer[left].lexicographicallyPrecedes(buffer[right])
    }

    /// Orders a range of bytes against a text: negative if the range comes first, zero if they are equal.
    func compare(_ range: Range<Int>, with text: Span<UInt8>) -> Int {
        for index in 0..<min(range.count, text.count) {
            let difference = Int(self[range.lowerBound + index]) - Int(text[index])
            if difference != 0 { return difference }
        }
        return range.count - text.count
    }
}

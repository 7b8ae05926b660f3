/// The bytes of a compiled table, read as little-endian numbers.
///
/// The only unsafe code of the tokenizer. Every access checks the bounds. After validation the check never fails, and
/// its cost is not measurable.
@safe
struct TableBytes: @unchecked Sendable {
    // SAFETY: the creator guarantees that the bytes outlive the value and do not change. Nothing writes through it, so
    // that threads may share it.
    private let buffer: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer) { unsafe self.buffer = buffer }

    var count: Int { unsafe buffer.count }

    @inline(__always)
    subscript(offset: Int) -> UInt8 { unsafe buffer[offset] }

    /// Returns the number at a byte offset, which need not be aligned.
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

    /// Returns a copy of a range of bytes.
    func array(_ range: Range<Int>) -> [UInt8] { unsafe Array(buffer[range]) }

    func append(_ range: Range<Int>, to bytes: inout [UInt8]) { unsafe bytes.append(contentsOf: buffer[range]) }

    /// Returns whether the bytes of two ranges of the same length are equal.
    @inline(__always)
    func areEqual(_ left: Int, _ right: Int, count length: Int) -> Bool {
        for index in 0..<length where self[left + index] != self[right + index] { return false }
        return true
    }

    /// Returns whether one range of bytes precedes another in lexicographic order.
    func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        unsafe buffer[left].lexicographicallyPrecedes(buffer[right])
    }

    /// Compares a range of bytes with a text: negative if the range precedes it, zero if they are equal.
    func compare(_ range: Range<Int>, with text: Span<UInt8>) -> Int {
        for index in 0..<min(range.count, text.count) {
            let difference = Int(self[range.lowerBound + index]) - Int(text[index])
            if difference != 0 { return difference }
        }
        return range.count - text.count
    }

    /// Returns whether a range of bytes is valid UTF-8.
    func isUTF8(_ range: Range<Int>) -> Bool {
        for index in range where self[index] >= 0x80 { return UTF8Text.isValid(array(range).span) }
        return true
    }
}

import SkipFormat

extension Array<UInt8> {
    /// Returns the little-endian integer at an offset, which must have as many bytes after it.
    func integer<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type, at offset: Int) -> Value {
        (0..<MemoryLayout<Value>.size).reduce(0) { $0 | Value(self[offset + $1]) << (8 * $1) }
    }

    /// Returns the digest at an offset, which must have 32 bytes after it.
    func digest(at offset: Int) -> SHA256Digest {
        SHA256Digest(bytes: Array(self[offset..<offset + SHA256Digest.byteCount])) ?? .zero
    }

    var checksum: UInt32 {
        // SAFETY: UInt8 has no padding.
        unsafe CRC32C.checksum(span.bytes)
    }
}

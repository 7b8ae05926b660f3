import CZlib

/// A running CRC-32, as zip archives use it.
struct ZipChecksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the buffer is valid for the call.
        let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        value = unsafe UInt32(truncatingIfNeeded: crc32_z(UInt(value), address, bytes.count))
    }
}

/// CRC-32C (Castagnoli, reflected, as in iSCSI), computed eight bytes at a time.
///
/// A cheap check against accidental damage at every opening. SHA-256 detects intentional changes.
package enum CRC32C {
    /// Returns the checksum of `bytes`.
    package static func checksum(_ bytes: RawSpan) -> UInt32 {
        let tables = Self.tables.span
        var crc: UInt32 = 0xFFFF_FFFF
        var position = 0
        while position + 8 <= bytes.byteCount {
            // SAFETY: eight bytes from `position` lie in the span, and any bits are a UInt64.
            let word = unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let mixed = word ^ UInt64(crc)
            crc = 0
            for slice in 0..<8 {
                crc ^= tables[(7 - slice) * 256 + Int((mixed >> UInt64(slice * 8)) & 0xFF)]
            }
            position += 8
        }
        while position < bytes.byteCount {
            // SAFETY: `position` lies in the span.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(byte)) & 0xFF)]
            position += 1
        }
        return ~crc
    }

    /// Eight tables of 256: entry [k][b] advances byte b past k more zero bytes.
    private static let tables: [UInt32] = {
        let polynomial: UInt32 = 0x82F6_3B78
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ polynomial : crc >> 1 }
            tables[byte] = crc
        }
        for slice in 1..<8 {
            for byte in 0..<256 {
                let previous = tables[(slice - 1) * 256 + byte]
                tables[slice * 256 + byte] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()
}

/// The little-endian fields of a zip structure.
struct ZipFields {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func uint16(at offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }

    func uint32(at offset: Int) -> Int { uint16(at: offset) | uint16(at: offset + 2) << 16 }

    /// Clamps to `Int.max`. No file is that large, so every bounds check refuses the result.
    func uint64(at offset: Int) -> Int {
        Int(clamping: UInt64(uint32(at: offset)) | UInt64(uint32(at: offset + 4)) << 32)
    }

    func hasSignature(_ signature: ZipSignature, at offset: Int = 0) -> Bool {
        bytes.count - offset >= 4 && uint32(at: offset) == signature.rawValue
    }
}

/// The four bytes that begin each structure of a zip archive, as a little-endian number.
enum ZipSignature: Int {
    case localHeader = 0x0403_4B50
    case centralHeader = 0x0201_4B50
    case dataDescriptor = 0x0807_4B50
    case endRecord = 0x0605_4B50
    case zip64EndRecord = 0x0606_4B50
    case zip64Locator = 0x0706_4B50
}

/// The values of fields whose real value is in a zip64 structure.
enum ZipSentinel {
    static let uint16 = 0xFFFF
    static let uint32 = 0xFFFF_FFFF
}

/// Flag bits of a zip entry.
enum ZipFlags {
    /// The compression level, in bits 1 and 2.
    static let deflateEffort = 0b110
    /// Sizes and checksum follow the data.
    static let dataDescriptor = 1 << 3
    /// The name is UTF-8.
    static let utf8 = 1 << 11
    static let allowed = deflateEffort | dataDescriptor | utf8
}

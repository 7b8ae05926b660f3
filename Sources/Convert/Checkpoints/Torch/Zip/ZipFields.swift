/// The little-endian fields of a zip structure.
struct ZipFields {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func uint16(at offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }

    func uint32(at offset: Int) -> Int { uint16(at: offset) | uint16(at: offset + 2) << 16 }

    /// What `Int` cannot hold becomes `Int.max`: no file is so large, so that every check of bounds refuses it.
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

/// What a field holds when its value stands in a zip64 structure.
enum ZipSentinel {
    static let uint16 = 0xFFFF
    static let uint32 = 0xFFFF_FFFF
}

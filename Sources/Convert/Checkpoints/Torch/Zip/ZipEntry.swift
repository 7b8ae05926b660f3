import SkipFiles

/// A member of a zip archive, known from its header in the central directory.
struct ZipEntry: Equatable, Sendable {
    let name: ByteString
    let flags: Int
    let method: Method
    /// CRC-32 of the bytes before compression.
    let checksum: UInt32
    /// Bytes that the entry takes in the file.
    let storedByteCount: Int
    /// Bytes of what it holds.
    let byteCount: Int
    /// Absolute position of the local header.
    let headerOffset: Int
    /// Absolute position of the header in the central directory.
    let directoryOffset: Int
    /// Absolute position of the first byte, which only the local header tells.
    var dataOffset = 0

    enum Method: Int, Sendable {
        case stored = 0
        case deflated = 8
    }

    /// Where the entry's bytes stand in the file.
    var data: Range<Int> { dataOffset..<dataOffset + storedByteCount }
}

/// Flag bits of a zip entry.
enum ZipFlags {
    /// How hard the compressor tried; bits 1 and 2.
    static let deflateEffort = 0b110
    /// Sizes and checksum follow the data.
    static let dataDescriptor = 1 << 3
    /// The name is UTF-8.
    static let utf8 = 1 << 11
    static let allowed = deflateEffort | dataDescriptor | utf8
}

/// The extra field of a zip header: blocks of an id, a length and that many bytes.
enum ZipExtraField {
    private static let zip64ID = 1

    /// The eight-byte numbers of the zip64 block; nil if there is none.
    static func zip64Values(of fields: ZipFields, in range: Range<Int>, headerOffset: Int, path: String)
        throws(InputError) -> [Int]?
    {
        var values: [Int]?
        var position = range.lowerBound
        while position < range.upperBound {
            let remaining = range.upperBound - position - 4
            guard remaining >= 0, fields.uint16(at: position + 2) <= remaining else {
                throw InputError(
                    .zip64, file: path, at: .byte(headerOffset), found: "an extra field that is cut off",
                    required: "whole blocks")
            }
            let length = fields.uint16(at: position + 2)
            if fields.uint16(at: position) == zip64ID {
                guard values == nil, length % 8 == 0, length <= 24 else {
                    throw InputError(
                        .zip64, file: path, at: .byte(headerOffset), found: "a zip64 block of \(length) bytes",
                        required: "one block of at most three numbers")
                }
                values = (0..<length / 8).map { fields.uint64(at: position + 4 + $0 * 8) }
            }
            position += 4 + length
        }
        return values
    }
}

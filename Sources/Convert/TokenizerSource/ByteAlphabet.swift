import SkipFiles

/// GPT-2's table of the characters that represent bytes in byte-level vocabularies.
///
/// A printable byte of Latin-1 is represented by its own character. The 68 others are represented, in order, by the
/// characters from U+0100 on.
enum ByteAlphabet {
    /// The character of each byte.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            if isPrinted(byte) { return Unicode.Scalar(byte) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "\u{FFFD}"
        }
    }()

    /// The byte of each character, by the character's code point.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x100 + 68)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
        return bytes
    }()

    private static func isPrinted(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
        default: false
        }
    }

    /// Returns the bytes that a vocabulary entry represents; nil if one of its characters is not in the table.
    /// `decoded` is a buffer that calls can share.
    static func decode(_ spelling: ByteString, through decoded: inout [UInt8]) -> ByteString? {
        decoded.removeAll(keepingCapacity: true)
        spelling.append(to: &decoded)
        let table = bytes
        let count = decoded.count
        var position = 0
        var end = 0
        while position < count {
            // The table ends below U+0800, so its characters have one or two bytes in UTF-8.
            var scalar = Int(decoded[position])
            position += 1
            if scalar >= 0x80 {
                guard (0xC2...0xDF).contains(scalar), position < count else { return nil }
                scalar = (scalar & 0x1F) << 6 | Int(decoded[position] & 0x3F)
                position += 1
            }
            guard scalar < table.count, let byte = table[scalar] else { return nil }
            // A character has at least one byte, so this never overwrites unread input.
            decoded[end] = byte
            end += 1
        }
        return ByteString(bytes: decoded.span.extracting(..<end))
    }

    /// Returns the representation of one byte in a vocabulary, in UTF-8.
    static func spelling(of byte: UInt8) -> [UInt8] { Array(String(Character(scalars[Int(byte)])).utf8) }
}

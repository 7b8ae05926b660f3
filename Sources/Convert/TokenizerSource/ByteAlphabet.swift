import SkipFiles

/// The characters by which byte-level vocabularies write bytes: GPT-2's table.
///
/// A byte that prints in Latin-1 is its own character; the 68 others are, in order, the characters from U+0100 on.
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

    /// The bytes that a vocabulary entry spells; nil if one of its characters is not of the alphabet. `decoded` is reused
    /// from call to call.
    static func decode(_ spelling: ByteString, through decoded: inout [UInt8]) -> ByteString? {
        decoded.removeAll(keepingCapacity: true)
        spelling.append(to: &decoded)
        let table = bytes
        let count = decoded.count
        var position = 0
        var end = 0
        while position < count {
            // The alphabet ends below U+0800: its characters take one or two bytes of UTF-8.
            var scalar = Int(decoded[position])
            position += 1
            if scalar >= 0x80 {
                guard (0xC2...0xDF).contains(scalar), position < count else { return nil }
                scalar = (scalar & 0x1F) << 6 | Int(decoded[position] & 0x3F)
                position += 1
            }
            guard scalar < table.count, let byte = table[scalar] else { return nil }
            // A character is at least as long as the byte that it spells.
            decoded[end] = byte
            end += 1
        }
        return ByteString(bytes: decoded.span.extracting(..<end))
    }

    /// How a vocabulary spells one byte, in UTF-8.
    static func spelling(of byte: UInt8) -> [UInt8] { Array(String(Character(scalars[Int(byte)])).utf8) }
}

/// The escapes in JSON strings.
enum JSONEscapes {
    /// Returns the text of a string whose escapes were checked when it was parsed.
    static func unescaped(_ raw: ArraySlice<UInt8>) -> ByteString {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "\\") {
                text.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { break }
            if escape != UInt8(ascii: "u") {
                text.append(character(escape) ?? escape)
                continue
            }
            guard let (scalar, digitCount) = scalar(rest) else { break }
            rest.removeFirst(digitCount)
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return ByteString(bytes: text)
    }

    /// Returns the character of an escape of one letter; nil for another letter.
    static func character(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Returns the scalar of the four hexadecimal digits that `bytes` begins with, and for a lead surrogate of the escape
    /// of a trail surrogate that follows; and the number of these bytes. Nil for other digits and for lone surrogates.
    static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, byteCount: Int)? {
        guard let first = unit(bytes) else { return nil }
        if let scalar = Unicode.Scalar(UInt32(first)) { return (scalar, 4) }
        let second = bytes.dropFirst(4)
        guard UTF16.isLeadSurrogate(first), second.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]),
            let trail = unit(second.dropFirst(2)), UTF16.isTrailSurrogate(trail),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(trail) - 0xDC00))
        else { return nil }
        return (scalar, 10)
    }

    /// Returns the number of four hexadecimal digits; nil for anything else.
    static func unit(_ bytes: ArraySlice<UInt8>) -> UInt16? {
        guard bytes.count >= 4 else { return nil }
        var unit: UInt16 = 0
        for byte in bytes.prefix(4) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}

/// Text that is safe to print to a terminal.
public enum PrintableText {
    /// Returns the text with control characters and bidirectional controls as the `\xNN` of their UTF-8 bytes. Line
    /// breaks stay with `keepsLineBreaks`.
    public static func escaping(_ text: String, keepsLineBreaks: Bool) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x20..<0x7F).contains(byte) || keepsLineBreaks && byte == UInt8(ascii: "\n")
        }
        if isPlain { return text }
        var printed = ""
        for scalar in text.unicodeScalars {
            if isPrintable(scalar) || keepsLineBreaks && scalar == "\n" {
                printed.unicodeScalars.append(scalar)
            } else {
                printed += UTF8.encode(scalar).map { $0.map(escape).joined() } ?? ""
            }
        }
        return printed
    }

    /// Returns `\xNN` for a byte.
    static func escape(_ byte: UInt8) -> String {
        let hex = String(byte, radix: 16)
        return "\\x" + (hex.count == 1 ? "0" + hex : hex)
    }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: false
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF: false
        default: true
        }
    }
}

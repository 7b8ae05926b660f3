/// The spelling of a byte in vocabularies with byte fallback, such as `<0x0A>`.
package enum ByteToken {
    /// Returns the spelling that encoding uses: two upper-case digits.
    package static func spelling(of byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
    }

    /// Returns the byte of a spelling that decoding accepts: also lower-case digits, and a sign before a single digit.
    static func byte(_ token: Span<UInt8>) -> UInt8? {
        guard token.count == 6, token[0] == UInt8(ascii: "<"), token[1] == UInt8(ascii: "0"),
            token[2] == UInt8(ascii: "x"), token[5] == UInt8(ascii: ">"), let low = digit(token[4])
        else { return nil }
        if token[3] == UInt8(ascii: "+") { return low }
        return digit(token[3]).map { $0 << 4 | low }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// A string from a file, compared by its bytes.
///
/// `String` compares by canonical equivalence, so that two byte-different tensor or token names could become one key.
/// Names from files are therefore kept as bytes.
public struct ByteString: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    public init(_ string: String) { bytes = Array(string.utf8) }
}

extension ByteString {
    /// Array compares and hashes byte by byte; a vocabulary of a hundred thousand names needs whole words.
    public static func == (left: ByteString, right: ByteString) -> Bool {
        let count = left.bytes.count
        if count != right.bytes.count { return false }
        // SAFETY: both buffers hold `count` bytes, and every load ends at or before `count`.
        return unsafe left.bytes.withUnsafeBytes { left in
            unsafe right.bytes.withUnsafeBytes { right in
                var offset = 0
                while offset + 8 <= count {
                    let leftWord = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    let rightWord = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    if leftWord != rightWord { return false }
                    offset += 8
                }
                while offset < count {
                    if unsafe left[offset] != right[offset] { return false }
                    offset += 1
                }
                return true
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        // SAFETY: the bytes are read within the call. Equal byte strings feed equal bytes.
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: Comparable {
    /// Orders by unsigned bytes, the shorter of two equal prefixes first.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: CustomStringConvertible {
    /// The longest text that `description` prints, in bytes of the name.
    public static let printedByteLimit = 200

    /// The name as it may be printed to a terminal: controls, bidirectional overrides and bytes that are not
    /// UTF-8 appear as `\xNN`, and what is longer than `printedByteLimit` is cut.
    public var description: String {
        var printed = ""
        let shown = Array(bytes.prefix(Self.printedByteLimit))
        var position = 0
        while position < shown.count {
            let length = min(Self.sequenceLength(shown[position]), shown.count - position)
            let sequence = shown[position..<position + length]
            if let scalar = Self.scalar(sequence), Self.isPrintable(scalar) {
                printed.unicodeScalars.append(scalar)
                position += length
            } else {
                let hex = String(shown[position], radix: 16)
                printed += "\\x" + (hex.count == 1 ? "0" + hex : hex)
                position += 1
            }
        }
        return bytes.count > Self.printedByteLimit ? printed + "…" : printed
    }

    private static func sequenceLength(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func scalar(_ sequence: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let text = String(validating: sequence, as: UTF8.self), text.unicodeScalars.count == 1 else { return nil }
        return text.unicodeScalars.first
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: false
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF: false
        default: true
        }
    }
}

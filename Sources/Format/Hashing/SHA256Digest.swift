import SkipFiles

/// A SHA-256 value: 32 bytes.
public struct SHA256Digest: Hashable, Sendable, BitwiseCopyable {
    // Eight bytes each, in memory order.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The length of a digest in bytes.
    public static let byteCount = 32

    public static let zero = SHA256Digest(words: (0, 0, 0, 0))

    /// Reads a digest from the first 32 bytes of `bytes`, which must hold as many.
    public init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count >= Self.byteCount)
        // SAFETY: the precondition bounds the loads, which need no alignment.
        words = unsafe (
            bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    /// Reads a digest from exactly 32 bytes. Nil for any other number of bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        // SAFETY: the initializer reads the array's 32 bytes and keeps no pointer.
        self = unsafe bytes.withUnsafeBytes { unsafe SHA256Digest($0) }
    }

    /// Parses 64 hexadecimal digits. Nil for any other text.
    public init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == Self.byteCount * 2, text.utf8.count == digits.count else { return nil }
        self.init(bytes: (0..<Self.byteCount).map { UInt8(digits[$0 * 2] << 4 | digits[$0 * 2 + 1]) })
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The digest's 32 bytes.
    public var bytes: [UInt8] {
        // SAFETY: a tuple of four equal trivial elements is 32 contiguous bytes.
        unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
    }

    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }
}

extension SHA256Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String { hexadecimal(bytes) }
}

extension MappedFile {
    /// Returns the digest at an offset, which must be at least 32 bytes before the end.
    func digest(at offset: Int) -> SHA256Digest {
        // SAFETY: `bytes(_:)` checks the range; the digest copies it.
        unsafe SHA256Digest(bytes(offset..<offset + SHA256Digest.byteCount))
    }
}

/// Returns two lower-case hexadecimal digits per byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

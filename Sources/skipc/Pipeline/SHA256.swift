import Crypto
import Format

/// SHA-256 from swift-crypto, in the form that `Format` is handed it.
enum SHA256Hasher {
    static let function: SHA256Function = { prefix, bytes in
        var hasher = SHA256()
        if let prefix { hasher.update(data: [prefix]) }
        // SAFETY: the bytes are read within the calls.
        unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        return unsafe hasher.finalize().withUnsafeBytes { unsafe SHA256Digest($0) }
    }

    /// The hash of `bytes` in hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

import SkipKernels
import Testing

import struct Crypto.SHA256

/// An implementation of SHA-256.
enum SHA256Implementation: Int32, CaseIterable, CustomTestStringConvertible {
    case scalar = 0
    case arm = 1
    case x86 = 2

    /// The implementations that this processor can run.
    static let available = allCases.filter(\.isAvailable)

    var isAvailable: Bool { unsafe skip_sha256_for(rawValue) != nil }

    /// The functions of an available implementation.
    private var functions: UnsafePointer<skip_sha256_functions> {
        // SAFETY: tables are constants of the program.
        unsafe skip_sha256_for(rawValue).unsafelyUnwrapped
    }

    var name: String { unsafe String(cString: functions.pointee.name) }

    var streamCount: Int { unsafe functions.pointee.stream_count }

    /// The digest of a message that is hashed in parts.
    func digest(pieces: [ArraySlice<UInt8>]) -> [UInt8] {
        var stream = unsafe skip_sha256_stream()
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe skip_sha256_begin(&stream)
        for piece in pieces {
            // SAFETY: the piece is as long as stated.
            unsafe piece.withUnsafeBufferPointer { piece in
                unsafe skip_sha256_update(functions, &stream, piece.baseAddress, piece.count)
            }
        }
        unsafe skip_sha256_finish(functions, &stream, &digest)
        return digest
    }

    /// The digests of slices of `bytes` that are hashed together.
    func digests(prefix: UInt8?, of messages: [Range<Int>], in bytes: [UInt8]) -> [[UInt8]] {
        var digests = [UInt8](repeating: 0, count: messages.count * 32)
        // SAFETY: there are a start and a length for each message, and room for its digest.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            let starts = unsafe messages.map { message in
                unsafe bytes.baseAddress.map { unsafe $0 + message.lowerBound }
            }
            unsafe skip_sha256_many(
                functions, prefix.map(Int32.init) ?? SKIP_SHA256_NO_PREFIX, starts, messages.map(\.count),
                messages.count, &digests)
        }
        return messages.indices.map { Array(digests[$0 * 32..<($0 + 1) * 32]) }
    }

    var testDescription: String { "\(self)" }
}

/// The digest according to swift-crypto.
func referenceDigest(prefix: UInt8?, _ message: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    if let prefix { hash.update(data: [prefix]) }
    hash.update(data: message)
    return Array(hash.finalize())
}

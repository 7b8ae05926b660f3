import Format
import Kernels

/// SHA-256 by the kernels, in the form that `Format` is handed it.
struct SHA256Hasher: SHA256Hashing {
    func callAsFunction(_ prefix: UInt8?, _ bytes: RawSpan) -> SHA256Digest {
        var stream = SHA256Stream()
        if let prefix { stream.update([prefix]) }
        stream.update(bytes)
        return stream.finish()
    }

    func callAsFunction(_ prefix: UInt8?, _ pieces: [Range<Int>], of bytes: RawSpan) -> [SHA256Digest] {
        // The longest first, so that the fewest bytes are left to be hashed alone.
        let order = pieces.indices.sorted { pieces[$0].count > pieces[$1].count }
        let lengths = order.map { pieces[$0].count }
        var hashes = [UInt8](repeating: 0, count: pieces.count * SHA256Digest.byteCount)
        unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            let starts = unsafe order.map { piece in
                precondition(pieces[piece].lowerBound >= 0 && pieces[piece].upperBound <= data.count)
                return unsafe data.baseAddress.map { unsafe $0 + pieces[piece].lowerBound }
            }
            // SAFETY: the pieces lie in `bytes`, and there is room for the digest of each.
            unsafe skip_sha256_many(
                SHA256Stream.functions, prefix.map(Int32.init) ?? SKIP_SHA256_NO_PREFIX, starts, lengths, order.count,
                &hashes)
        }
        var digests = [SHA256Digest](repeating: .zero, count: pieces.count)
        for (position, piece) in order.enumerated() {
            // SAFETY: the initializer checks the number of bytes and keeps no pointer.
            digests[piece] = unsafe hashes.withUnsafeBytes { hashes in
                unsafe SHA256Digest(
                    UnsafeRawBufferPointer(rebasing: hashes[(position * SHA256Digest.byteCount)...]))
            }
        }
        return digests
    }
}

/// SHA-256 of a message that comes piece by piece.
@safe struct SHA256Stream {
    // SAFETY: the table is a constant of the Kernels library. It is chosen once: in a virtual machine, asking the
    // processor what it can do takes longer than hashing a node.
    fileprivate nonisolated(unsafe) static let functions = unsafe skip_sha256_best()

    // SAFETY: the pointer in it is used within calls only.
    private var stream = unsafe skip_sha256_stream()

    init() { unsafe skip_sha256_begin(&stream) }

    mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            // SAFETY: the piece is as long as stated.
            unsafe skip_sha256_update(Self.functions, &stream, data.baseAddress, data.count)
        }
    }

    mutating func update(_ bytes: [UInt8]) {
        // SAFETY: UInt8 has no padding.
        unsafe update(bytes.span.bytes)
    }

    /// The digest of all pieces; to be asked for once.
    mutating func finish() -> SHA256Digest {
        var hash = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        // SAFETY: the digest has room; the initializer keeps no pointer.
        unsafe skip_sha256_finish(Self.functions, &stream, &hash)
        return unsafe hash.withUnsafeBytes { unsafe SHA256Digest($0) }
    }
}

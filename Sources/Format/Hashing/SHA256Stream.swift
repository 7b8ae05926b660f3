import SkipKernels

/// Computes the SHA-256 of a message that is passed piece by piece.
@safe public struct SHA256Stream {
    // SAFETY: the table is a constant of the Kernels library. It is chosen once, because asking the processor for its
    // features takes longer in a virtual machine than hashing a tree node.
    fileprivate nonisolated(unsafe) static let functions = unsafe skip_sha256_best()

    // SAFETY: the pointer in it is used within calls only.
    private var stream = unsafe skip_sha256_stream()

    public init() { unsafe skip_sha256_begin(&stream) }

    public mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            // SAFETY: the piece is as long as stated.
            unsafe skip_sha256_update(Self.functions, &stream, data.baseAddress, data.count)
        }
    }

    public mutating func update(_ bytes: [UInt8]) {
        // SAFETY: UInt8 has no padding.
        unsafe update(bytes.span.bytes)
    }

    /// Returns the digest of all pieces. Call it once, after the last piece.
    public mutating func finish() -> SHA256Digest {
        var hash = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        // SAFETY: the array has room for the digest; the initializer keeps no pointer.
        unsafe skip_sha256_finish(Self.functions, &stream, &hash)
        return unsafe hash.withUnsafeBytes { unsafe SHA256Digest($0) }
    }
}

extension SHA256Digest {
    /// Computes the digest of `bytes`, preceded by a prefix byte if there is one.
    public init(hashing bytes: RawSpan, prefix: UInt8? = nil) {
        var stream = SHA256Stream()
        if let prefix { stream.update([prefix]) }
        stream.update(bytes)
        self = stream.finish()
    }

    /// Computes the digest of an array's bytes.
    public init(hashing bytes: [UInt8]) {
        // SAFETY: UInt8 has no padding.
        self.init(hashing: unsafe bytes.span.bytes)
    }

    /// Computes the digests of several pieces of `bytes`, each preceded by the same prefix byte, in the order of
    /// `pieces`. Several pieces are hashed together, which is faster than one after the other.
    public static func hashing(_ pieces: [Range<Int>], of bytes: RawSpan, prefix: UInt8? = nil) -> [SHA256Digest] {
        // The longest first, because then the fewest bytes are hashed alone at the end.
        let order = pieces.indices.sorted { pieces[$0].count > pieces[$1].count }
        let lengths = order.map { pieces[$0].count }
        var hashes = [UInt8](repeating: 0, count: pieces.count * byteCount)
        unsafe bytes.withUnsafeBytes { bytes in
            let data = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            let starts = unsafe order.map { piece in
                precondition(pieces[piece].lowerBound >= 0 && pieces[piece].upperBound <= data.count)
                return unsafe data.baseAddress.map { unsafe $0 + pieces[piece].lowerBound }
            }
            // SAFETY: the pieces lie in `bytes`, and `hashes` has room for the digest of each.
            unsafe skip_sha256_many(
                SHA256Stream.functions, prefix.map(Int32.init) ?? SKIP_SHA256_NO_PREFIX, starts, lengths, order.count,
                &hashes)
        }
        var digests = [SHA256Digest](repeating: .zero, count: pieces.count)
        for (position, piece) in order.enumerated() {
            // SAFETY: the initializer checks the number of bytes and keeps no pointer.
            digests[piece] = unsafe hashes.withUnsafeBytes { hashes in
                unsafe SHA256Digest(UnsafeRawBufferPointer(rebasing: hashes[(position * byteCount)...]))
            }
        }
        return digests
    }
}

/// Computes SHA-256, from any thread.
///
/// The format's targets hold no cryptography: who writes or verifies a file hands in the implementation.
public protocol SHA256Hashing: Sendable {
    /// The digest of the prefix byte, if there is one, followed by `bytes`.
    func callAsFunction(_ prefix: UInt8?, _ bytes: RawSpan) -> SHA256Digest

    /// The digests of several pieces of `bytes`, each after the same prefix, in their order. A processor may hash them
    /// together faster than one by one.
    func callAsFunction(_ prefix: UInt8?, _ pieces: [Range<Int>], of bytes: RawSpan) -> [SHA256Digest]
}

extension SHA256Hashing {
    public func callAsFunction(_ prefix: UInt8?, _ pieces: [Range<Int>], of bytes: RawSpan) -> [SHA256Digest] {
        pieces.map { self(prefix, bytes.extracting($0)) }
    }
}

/// The hash tree of a section, which combines leaf hashes to one root.
///
/// The prefix bytes ensure that a leaf cannot be mistaken for a node.
package enum MerkleTree {
    package static let leafPrefix: UInt8 = 0x00
    static let nodePrefix: UInt8 = 0x01

    /// Bytes of a leaf of a metadata section, and the largest size of a leaf with more than one row.
    package static let leafByteCount = 1 << 20

    /// Returns the root of leaf hashes in their order. A node is the SHA-256 of `0x01`, its left child and its right
    /// child. The last node of an odd level moves up unchanged. A single leaf is the root. `leaves` must not be empty.
    static func root(of leaves: some Collection<SHA256Digest>) -> SHA256Digest {
        var level = Array(leaves)
        precondition(!level.isEmpty)
        while level.count > 1 {
            let pairCount = level.count / 2
            for pair in 0..<pairCount {
                // SAFETY: two neighbouring digests are 64 initialized bytes.
                level[pair] = unsafe SHA256Digest(
                    hashing: level.span.extracting(2 * pair..<2 * pair + 2).bytes, prefix: nodePrefix)
            }
            if level.count % 2 == 1 { level[pairCount] = level[level.count - 1] }
            level.removeLast(level.count / 2)
        }
        return level[0]
    }

    /// Returns the root of a metadata section, whose leaves are 1 MiB each. `bytes` must not be empty.
    static func root(ofMetadata bytes: RawSpan) -> SHA256Digest {
        let byteCount = bytes.byteCount
        let pieces = stride(from: 0, to: byteCount, by: leafByteCount).map { start in
            start..<min(start + leafByteCount, byteCount)
        }
        return root(of: SHA256Digest.hashing(pieces, of: bytes, prefix: leafPrefix))
    }
}

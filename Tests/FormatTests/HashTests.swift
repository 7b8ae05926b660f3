import Testing

@testable import SkipFormat

@Suite struct HashTests {
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        // SAFETY: UInt8 has no padding.
        unsafe CRC32C.checksum(bytes.span.bytes)
    }

    @Test func crc32cHasItsKnownValues() {
        #expect(checksum([]) == 0)
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(Array(0..<32)) == 0x46DD_794E)
    }

    @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 63, 64, 65]) func crc32cEqualsItsDefinition(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
        }
        #expect(checksum(bytes) == ~crc)
    }

    private func hash(_ bytes: [UInt8], prefix: UInt8) -> SHA256Digest {
        // SAFETY: UInt8 has no padding.
        unsafe sha256(prefix, bytes.span.bytes)
    }

    private func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        hash(left.bytes + right.bytes, prefix: 1)
    }

    @Test func rootJoinsNeighboursAndPromotesTheOdd() {
        let leaves = (0..<7).map { hash([UInt8($0)], prefix: 0) }
        func root(_ count: Int) -> SHA256Digest { MerkleTree.root(of: leaves[..<count]) }
        #expect(root(1) == leaves[0])
        let first = node(leaves[0], leaves[1])
        #expect(root(2) == first)
        #expect(root(3) == node(first, leaves[2]))
        let four = node(first, node(leaves[2], leaves[3]))
        #expect(root(4) == four)
        #expect(root(5) == node(four, leaves[4]))
        #expect(root(7) == node(four, node(node(leaves[4], leaves[5]), leaves[6])))
    }

    @Test func metadataIsCutIntoMebibytes() {
        let bytes = (0..<(2 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 >> 8) }
        let leaves = [0..<1 << 20, 1 << 20..<2 << 20, 2 << 20..<bytes.count].map { hash(Array(bytes[$0]), prefix: 0) }
        // SAFETY: UInt8 has no padding.
        let root = unsafe MerkleTree.root(ofMetadata: bytes.span.bytes)
        #expect(root == node(node(leaves[0], leaves[1]), leaves[2]))
    }

    @Test func digestsKeepTheirBytes() throws {
        let bytes = (0..<32).map { UInt8($0 * 8) }
        let digest = try #require(SHA256Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect("\(digest)".hasPrefix("000810") && "\(digest)".count == 64)
        #expect(SHA256Digest(bytes: Array(bytes[1...])) == nil)
        #expect(digest != .zero)
    }

    @Test(arguments: [
        // rows, bytes of a row, rows of a leaf, leaves
        (1, 4, 262_144, 1), (1, 3 << 20, 1, 1), (10, 3 << 20, 1, 10), (1024, 1024, 1024, 1), (1025, 1024, 1024, 2),
        (7, 500_000, 2, 4), (49_152, 1152, 910, 55),
    ])
    func leavesAreWholeRowsUpToAMebibyte(rows: Int, rowByteCount: Int, rowsPerLeaf: Int, leafCount: Int) {
        let geometry = LeafGeometry(rowCount: rows, rowByteCount: rowByteCount, firstLeaf: 3)
        #expect(geometry.rowsPerLeaf == rowsPerLeaf)
        #expect(geometry.leafCount == leafCount)
        #expect(geometry.end == 3 + leafCount)
    }
}

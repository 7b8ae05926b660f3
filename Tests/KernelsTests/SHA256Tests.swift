import SkipKernels
import TestSupport
import Testing

@Suite struct SHA256Tests {
    typealias Implementation = SHA256Implementation

    private func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    // One test for each, so that the log shows a skipped test if this processor does not have the implementation.

    @Test func scalarIsAlwaysAvailable() {
        #expect(Implementation.scalar.isAvailable)
        #expect(Implementation.scalar.name == "scalar")
    }

    @Test(.enabled(if: Implementation.x86.isAvailable, "no SHA extensions: SHA-256 for x86 is not tested"))
    func theBestOnX86HasInterleavedStreams() {
        #expect(unsafe skip_sha256_best() == skip_sha256_for(Implementation.x86.rawValue))
        #expect(Implementation.x86.name == "x86" && Implementation.x86.streamCount == SKIP_SHA256_STREAM_LIMIT)
    }

    @Test(.enabled(if: Implementation.arm.isAvailable, "no SHA-2 instructions of ARM: SHA-256 for ARM is not tested"))
    func theBestOnARMIsItsOwn() {
        #expect(unsafe skip_sha256_best() == skip_sha256_for(Implementation.arm.rawValue))
        #expect(Implementation.arm.name == "arm")
    }

    /// NIST's examples for FIPS 180.
    @Test(
        arguments: Implementation.available,
        [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func examplesHaveTheirDigests(implementation: Implementation, example: (text: String, count: Int, digest: String)) {
        let message = [UInt8](String(repeating: example.text, count: example.count).utf8)
        let digests =
            [implementation.digest(pieces: [message[...]])]
            + implementation.digests(prefix: nil, of: [message.indices], in: message)
        for digest in digests {
            #expect(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == example.digest)
        }
    }

    @Test(arguments: Implementation.available, [nil, 0, 1, 255] as [UInt8?])
    func everyShortLengthIsRight(implementation: Implementation, prefix: UInt8?) {
        let bytes = bytes(301)
        for length in 0...300 {
            // The last bytes of the array, so that a read past the message is out of bounds.
            let message = 301 - length..<301
            let expected = referenceDigest(prefix: prefix, bytes[message])
            #expect(implementation.digests(prefix: prefix, of: [message], in: bytes) == [expected])
            let pieces = (prefix.map { [[$0][...]] } ?? []) + [bytes[message]]
            #expect(implementation.digest(pieces: pieces) == expected)
        }
    }

    @Test(arguments: Implementation.available) func piecesMayEndAnywhere(implementation: Implementation) {
        let bytes = bytes(200)
        let expected = referenceDigest(prefix: nil, bytes[...])
        for first in stride(from: 0, through: 200, by: 3) {
            for second in stride(from: first, through: 200, by: 7) {
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
                #expect(implementation.digest(pieces: pieces) == expected)
            }
        }
    }

    @Test(arguments: Implementation.available, [nil, 0] as [UInt8?])
    func messagesOfOneLengthAreHashedTogether(implementation: Implementation, prefix: UInt8?) {
        let bytes = bytes(9 * 1000)
        for length in [0, 1, 62, 63, 64, 127, 1000] {
            for count in 0...9 {
                let messages = (0..<count).map { $0 * length..<($0 + 1) * length }
                let expected = messages.map { referenceDigest(prefix: prefix, bytes[$0]) }
                #expect(implementation.digests(prefix: prefix, of: messages, in: bytes) == expected)
            }
        }
    }

    @Test(arguments: Implementation.available, 0..<20)
    func messagesOfAnyLengthsAreHashedTogether(implementation: Implementation, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = bytes(4000, seed: seed)
        let messages = (0..<Int(random.next() % 20)).map { _ in
            let start = Int(random.next() % 4000)
            return start..<Int.random(in: start...4000, using: &random)
        }
        for prefix in [nil, 1] as [UInt8?] {
            let expected = messages.map { referenceDigest(prefix: prefix, bytes[$0]) }
            #expect(implementation.digests(prefix: prefix, of: messages, in: bytes) == expected)
        }
    }

    @Test(arguments: Implementation.available) func leavesAreRight(implementation: Implementation) {
        let bytes = bytes(1 << 20)
        let messages = [0..<1 << 20, 0..<1_048_320, 5..<1 << 20, 1000..<700_001]
        let expected = messages.map { referenceDigest(prefix: 0, bytes[$0]) }
        #expect(implementation.digests(prefix: 0, of: messages, in: bytes) == expected)
    }
}

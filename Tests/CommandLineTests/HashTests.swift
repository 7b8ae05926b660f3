import Format
import TestSupport
import Testing

import struct Crypto.SHA256

/// SHA-256 by swift-crypto, one piece after the other.
private struct ReferenceSHA256: SHA256Hashing {
    func callAsFunction(_ prefix: UInt8?, _ bytes: RawSpan) -> SHA256Digest {
        var hash = SHA256()
        if let prefix { hash.update(data: [prefix]) }
        // SAFETY: the bytes are read within the call.
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        // SAFETY: a SHA-256 digest has 32 bytes.
        return unsafe hash.finalize().withUnsafeBytes { unsafe SHA256Digest($0) }
    }
}

@Suite struct HashTests {
    /// Every hash of a file that skipc wrote is the one that another implementation of SHA-256 finds.
    @Test(arguments: ["f32", "bf16"]) func anotherImplementationFindsTheSameHashes(outputType: String) throws {
        let directory = try TemporaryDirectory()
        let output = directory.file("bard.skipgpt")
        let bard = RepositoryPaths.bard
        let result = try ToolProcess.run(
            "skipc",
            ["convert", bard, "--router", bard + "/routers.safetensors", "-o", output, "--outtype", outputType])
        #expect(result.status == 0, "\(result.errors)")
        let file = try SkipFile(opening: output)
        #expect(file.verify(sha256: ReferenceSHA256()) == [])
        #expect(result.outputText.contains("\(file.header.rootHash)"))
    }
}

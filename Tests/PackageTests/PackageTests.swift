import Foundation
import SkipFiles
import SkipFormat
import SkipQuantize
import TestSupport
import Testing

@testable import SkipPackage

@Suite struct PackageTests {
    @Test(arguments: [OutputType.auto, .float32, .float16, .int8])
    func unpackingRestoresTheFile(_ type: OutputType) throws {
        let sample = try PackageSample()
        let rootHash = try sample.convertFixture("a.skipgpt", type: type)
        let packed = try sample.pack("a.skipgpt", to: "a.skipz")
        let encoding: BlockEncoding = [.float32: .bytes32, .int8: .records][type] ?? .bytes16
        #expect(packed.totals(encoding).blockCount > 0)
        #expect(packed.header.rootHash == rootHash)
        #expect(try sample.bytes("a.skipz").count == packed.header.packageByteCount)
        let result = try sample.unpack("a.skipz", to: "b.skipgpt", threadCount: 3)
        #expect(result.restoredCount == packed.header.blockCount - packed.header.frontBlockCount)
        #expect(try sample.bytes("b.skipgpt") == sample.bytes("a.skipgpt"))
        #expect(!sample.directory.contents.contains("b.skipgpt.partial"))
        #expect(try sample.open("a.skipz").verify(options: WorkOptions()).failures.isEmpty)
        try expectAnIndependentReaderAgrees(sample, "a.skipz", "a.skipgpt")
    }

    /// Runs `Scripts/read_skipz.py`.
    private func expectAnIndependentReaderAgrees(
        _ sample: PackageSample, _ package: String, _ file: String, base: String? = nil
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["python3", RepositoryPaths.root + "/Scripts/read_skipz.py", sample.path(package), "-o"]
            + [sample.path("python.skipgpt")] + (base.map { ["--base", sample.path($0)] } ?? [])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.hasSuffix("sound\n"))
        #expect(try sample.bytes("python.skipgpt") == sample.bytes(file))
    }

    @Test func theBytesDoNotDependOnThreads() throws {
        let sample = try PackageSample()
        try sample.convertFixture("a.skipgpt", type: .auto)
        try sample.pack("a.skipgpt", to: "1.skipz")
        let measured = try Packing(sample.path("a.skipgpt")).measure(options: WorkOptions(threadCount: 2))
        for threadCount in [2, 5] {
            let packed = try sample.pack("a.skipgpt", to: "n.skipz", threadCount: threadCount)
            #expect(try sample.bytes("n.skipz") == sample.bytes("1.skipz"))
            #expect(packed.header == measured.header)
        }
    }

    @Test func aDeltaHoldsTheChangedBlocks() throws {
        let sample = try PackageSample()
        try sample.convert("old.skipgpt")
        try sample.convert("new.skipgpt", routerSeed: 2)
        let delta = try sample.pack("new.skipgpt", to: "delta.skipz", base: "old.skipgpt")
        let changed = delta.entries.count { $0.block >= delta.header.frontBlockCount }
        // Two routers of two tensors in each of two layers.
        #expect(changed == 8)
        let result = try sample.unpack("delta.skipz", to: "out.skipgpt", base: "old.skipgpt")
        #expect(result.restoredCount == 8 && result.copiedCount > 8)
        #expect(try sample.bytes("out.skipgpt") == sample.bytes("new.skipgpt"))
        try expectAnIndependentReaderAgrees(sample, "delta.skipz", "new.skipgpt", base: "old.skipgpt")
        // It can be looked at without its base.
        #expect(try sample.open("delta.skipz", requiresBase: false).isDelta)
    }

    @Test func aDamagedFileIsNotPacked() throws {
        let sample = try PackageSample()
        try sample.convert("a.skipgpt")
        var bytes = try sample.bytes("a.skipgpt")
        let file = try SkipFile(opening: sample.path("a.skipgpt"))
        let tensor = try #require(file.tensors.last)
        for (offset, rule) in [(tensor.byteOffset, FormatRule.leafHash), (bytes.count - 1, .padding)] {
            bytes[offset] ^= 1
            try sample.directory.write(bytes, to: "bad.skipgpt")
            bytes[offset] ^= 1
            let error = #expect(throws: PackageError.self) { try sample.pack("bad.skipgpt", to: "bad.skipz") }
            guard case .model(let failure) = error else { throw Unexpected(error: error) }
            #expect(failure.error.rule == rule)
            #expect(!sample.directory.contents.contains("bad.skipz"))
        }
    }

    struct Unexpected: Error { let error: PackageError? }
}

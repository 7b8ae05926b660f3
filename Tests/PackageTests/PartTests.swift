import SkipFiles
import SkipFormat
import SkipQuantize
import TestSupport
import Testing

@testable import SkipPackage

@Suite struct PartTests {
    private static func split(
        _ sample: PackageSample, _ name: String, byteLimit: Int, to output: String = "p.skipz"
    ) throws -> [PackedFile] {
        try Packing(sample.path(name))
            .writeParts(to: OutputTarget(path: sample.path(output)), byteLimit: byteLimit)
    }

    @Test func partsRestoreTheFile() throws {
        let sample = try PackageSample()
        try sample.convertFixture("a.skipgpt", type: .auto)
        let size = try sample.pack("a.skipgpt", to: "a.skipz").header.packageByteCount
        let parts = try Self.split(sample, "a.skipgpt", byteLimit: size / 3)
        #expect(parts.count >= 3)
        let names = sample.directory.contents.filter { $0.hasPrefix("p-") }
        #expect(names == (1...parts.count).map { "p-0000\($0)-of-0000\(parts.count).skipz" })
        for (name, part) in zip(names, parts) {
            #expect(try sample.bytes(name).count == part.header.packageByteCount)
            #expect(part.header.packageByteCount <= size / 3)
        }
        try sample.unpack(names[1], to: "b.skipgpt", threadCount: 2)
        #expect(try sample.bytes("b.skipgpt") == sample.bytes("a.skipgpt"))

        // Without the second part, its blocks are missing.
        let second = try sample.bytes(names[1])
        try sample.directory.remove(names[1])
        let error = #expect(throws: PackageError.self) { try sample.unpack(names[0], to: "c.skipgpt") }
        guard case .incomplete(_, let missing, _) = error else { throw PackageTests.Unexpected(error: error) }
        #expect(missing.failures.map(\.block) == parts[1].entries.map(\.block))
        try sample.directory.write(second, to: names[1])
        #expect(try sample.unpack(names[2], to: "c.skipgpt").restoredCount == parts[1].entries.count)
        #expect(try sample.bytes("c.skipgpt") == sample.bytes("a.skipgpt"))

        // A part of another file.
        try sample.convertFixture("other.skipgpt", type: .float16)
        _ = try Self.split(sample, "other.skipgpt", byteLimit: size / 3, to: "q.skipz")
        for changed in [try sample.bytes("q-00002-of-0000\(parts.count).skipz"), try sample.bytes(names[2])] {
            try sample.directory.write(changed, to: names[1])
            let error = #expect(throws: PackageError.self) { try sample.open(names[0]) }
            guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
            #expect(violation.rule == .parts)
        }
    }

    @Test func aPartHasRoomForABlock() throws {
        let sample = try PackageSample()
        try sample.convert("a.skipgpt")
        #expect(throws: PackageError.self) { try Self.split(sample, "a.skipgpt", byteLimit: 1000) }
        #expect(!sample.directory.contents.contains { $0.hasSuffix(".skipz") })
    }

    @Test func namesOfPartsAreRecognized() throws {
        #expect(PartNames.name("d/m", part: 2, of: 12) == "d/m-00002-of-00012.skipz")
        #expect(PartNames.parse("d/m-00002-of-00012.skipz")?.stem == "d/m")
        #expect(PartNames.parse("d/m-00002-of-00012.skipz")?.count == 12)
        for name in [
            "m.skipz", "m-00003-of-00002.skipz", "m-1-of-2.skipz", "m-00001-of-00002.skipgpt", "-of-00002.skipz",
        ] {
            #expect(PartNames.parse(name) == nil, "\(name)")
        }
    }
}

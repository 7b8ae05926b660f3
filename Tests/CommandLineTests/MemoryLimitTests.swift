import Foundation
import TestSupport
import Testing

/// Memory that the system refuses is an error, and what a reader needs has a bound.
@Suite struct MemoryLimitTests {
    /// The address space of the program itself, without inputs, in KiB.
    private static let programKibibytes = 130 << 10

    private func run(
        _ name: String, _ arguments: [String], addressSpaceKibibytes limit: Int
    ) throws -> ToolProcess {
        try ToolProcess.run(name, arguments, through: "ulimit -v \(limit); exec \"$0\" \"$@\"")
    }

    /// OpenBLAS would request memory for ever.
    @Test("SY-118: memory that the system refuses is an error", arguments: [100_000, 200_000, 300_000])
    func mergingReportsRefusedMemory(limit: Int) throws {
        let directory = try TemporaryDirectory()
        let bard = RepositoryPaths.root + "/Examples/bard"
        let result = try run(
            "skipc", ["merge", bard, "--lora", bard + "/lora", "-o", directory.file("merged"), "-t", "2"],
            addressSpaceKibibytes: limit)
        #expect(result.status == 4 && result.errors.contains("not enough memory"), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    /// JSON whose values have two bytes each: 24 bytes of memory for each byte are enough, and half of it is refused
    /// before anything is parsed.
    @Test("CF-69: the memory for JSON is bounded") func readingJSONIsBounded() throws {
        let directory = try TemporaryDirectory()
        let byteCount = 4 << 20
        try directory.write(
            Array("[".utf8) + Array(repeatElement(Array("1,".utf8), count: byteCount / 2).joined()) + Array("1]".utf8),
            to: "config.json")
        let needed = Self.programKibibytes + 25 * byteCount >> 10
        let enough = try run("skipc", ["convert", directory.path, "--dry-run"], addressSpaceKibibytes: needed)
        #expect(enough.status == 3 && enough.errors.contains("found an array"), "\(enough.errors)")
        let refused = try run("skipc", ["convert", directory.path, "--dry-run"], addressSpaceKibibytes: needed / 2)
        #expect(refused.status == 4 && refused.errors.contains("error[SY-117]"), "\(refused.errors)")
    }
}

import Foundation
import TestSupport
import Testing

/// `pack`, `unpack` and `repair` through the program, and packages in `inspect` and `validate`.
@Suite struct PackCommandTests {
    private func run(_ arguments: [String], status: Int32 = 0) throws -> ToolProcess {
        let result = try ToolProcess.run("skipc", arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        return result
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let result = try run(arguments + ["--json"])
        return try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any] ?? [:]
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// A directory with the bundled example as `a.skipgpt`, and `a.skipz`.
    private func packed() throws -> (directory: TemporaryDirectory, report: [String: Any]) {
        let directory = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        _ = try run(["convert", bard, "--router", bard + "/routers.safetensors", "-o", directory.file("a.skipgpt")])
        let report = try json(["pack", directory.file("a.skipgpt"), "-o", directory.file("a.skipz"), "-t", "2"])
        return (directory, report)
    }

    @Test func aPackageIsSmallerAndExact() throws {
        let (directory, report) = try packed()
        let package = directory.file("a.skipz")
        let size = try bytes(package).count
        #expect(report["byteCount"] as? Int == size)
        #expect(try size < bytes(directory.file("a.skipgpt")).count * 4 / 5)
        let dry = try json(["pack", directory.file("a.skipgpt"), "-o", package, "--dry-run"])
        #expect(dry["byteCount"] as? Int == size && dry["wasWritten"] as? Bool == false)

        _ = try run(["unpack", package, "-o", directory.file("b.skipgpt"), "--dry-run"])
        #expect(!directory.contents.contains("b.skipgpt"))
        _ = try run(["unpack", package, "-o", directory.file("b.skipgpt")])
        #expect(try bytes(directory.file("b.skipgpt")) == bytes(directory.file("a.skipgpt")))
        let root = try #require(report["rootHash"] as? String)
        #expect(try run(["validate", package]).outputText.contains(root))
        #expect(try run(["inspect", package]).outputText.contains("front"))
        #expect(try run(["inspect", directory.file("a.skipgpt"), "--blocks"], status: 2).output.isEmpty)
    }

    @Test("ZS-115: an existing output is replaced only with --force") func anExistingFileIsKept() throws {
        let (directory, _) = try packed()
        for (command, output) in [("pack", "a.skipz"), ("unpack", "a.skipgpt")] {
            let input = directory.file(command == "pack" ? "a.skipgpt" : "a.skipz")
            let before = try bytes(directory.file(output))
            _ = try run([command, input, "-o", directory.file(output)], status: 2)
            #expect(try bytes(directory.file(output)) == before)
            _ = try run([command, input, "-o", directory.file(output), "--force"])
            #expect(try bytes(directory.file(output)) == before)
            // The output is the input.
            _ = try run([command, input, "-o", input, "--force"], status: 2)
        }
    }

    /// What a script does with a server that knows ranges: it fetches what is missing, and only that.
    @Test func aScriptFetchesWhatIsMissing() throws {
        let (directory, _) = try packed()
        let whole = try bytes(directory.file("a.skipz"))
        let listed = try json(["inspect", directory.file("a.skipz"), "--blocks"])
        let blocks = try #require(listed["blocks"] as? [[String: Any]])
        let block = try #require(blocks.last { $0["encoding"] as? String != "stored" })
        let offset = try #require(block["packageOffset"] as? Int)
        let count = try #require(block["storedByteCount"] as? Int)
        #expect(block["range"] as? String == "\(offset)-\(offset + count - 1)")

        try directory.write([UInt8](whole[..<(offset + 1)]), to: "part.skipz")
        let output = directory.file("b.skipgpt")
        let refused = try run(["unpack", directory.file("part.skipz"), "-o", output], status: 3)
        #expect(refused.errors.contains("error[SZ-40]"))
        #expect(refused.errors.contains("bytes \(offset)-\(whole.count - 1) of "))
        #expect(directory.contents.contains("b.skipgpt.partial"))
        #expect(try run(["validate", directory.file("part.skipz")], status: 1).outputText.contains("SZ-40"))
        try directory.write([UInt8](whole), to: "part.skipz")
        let resumed = try json(["unpack", directory.file("part.skipz"), "-o", output])
        #expect(try #require(resumed["keptBlockCount"] as? Int) > 0)
        #expect(try bytes(output) == bytes(directory.file("a.skipgpt")))

        var damaged = [UInt8](try bytes(output))
        let place = try #require(block["fileOffset"] as? Int)
        damaged[place] ^= 1
        try directory.write(damaged, to: "b.skipgpt")
        let plan = try json(["repair", output, "--from", directory.file("a.skipz"), "--dry-run"])
        #expect(
            (plan["blocks"] as? [[String: Any]])?.map { $0["range"] as? String } == ["\(offset)-\(offset + count - 1)"])
        _ = try run(["validate", output], status: 1)
        _ = try run(["repair", output, "--from", directory.file("a.skipz")])
        #expect(try bytes(output) == bytes(directory.file("a.skipgpt")))
    }
}

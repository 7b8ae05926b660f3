import Foundation
import TestSupport
import Testing

/// `validate`: several files, manifests, root hashes, and how findings read.
@Suite struct ValidateCommandTests {
    /// A directory with good.skipgpt, cut.skipgpt (too short) and bad.skipgpt (one changed bit).
    private func models() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try ToolProcess.run(
            "skipc", ["convert", directory.path, "-o", directory.file("good.skipgpt"), "--tokenizer", "none"])
        try #require(result.status == 0)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.file("good.skipgpt"))))
        try directory.write(Array(bytes.prefix(bytes.count - 4096)), to: "cut.skipgpt")
        bytes[bytes.count / 2 / 16384 * 16384 + 5] ^= 4
        try directory.write(bytes, to: "bad.skipgpt")
        return directory
    }

    private func validate(_ arguments: String..., in directory: TemporaryDirectory) throws -> ToolProcess {
        try ToolProcess.run("skipc", ["validate"] + arguments, directory: directory.path)
    }

    @Test("Findings say what is wrong and what to do")
    func wording() throws {
        let directory = try models()
        let size = try Data(contentsOf: URL(fileURLWithPath: directory.file("good.skipgpt"))).count
        let cut = try validate("cut.skipgpt", in: directory)
        #expect(cut.status == 1)
        #expect(cut.outputText == "cut.skipgpt: cut off: \(size - 4096) of \(size) bytes (SK-08). Copy it again.\n")
        let bad = try validate("bad.skipgpt", in: directory)
        #expect(
            bad.status == 1
                && bad.outputText.contains("damaged: this block of weights has changed (SK-94). Copy it again."))
        try directory.write("hello", to: "short.skipgpt")
        #expect(try validate("short.skipgpt", in: directory).outputText.contains("it has only 5 bytes (SK-02)."))
    }

    @Test("Several files: every one is judged; an invalid file decides the exit code before an unreadable one")
    func severalFiles() throws {
        let directory = try models()
        let all = try validate("good.skipgpt", "none", "bad.skipgpt", "cut.skipgpt", "--json", in: directory)
        #expect(all.status == 1 && all.errors.isEmpty)
        let objects = try all.outputText.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["file"] as? String } == ["good.skipgpt", "none", "bad.skipgpt", "cut.skipgpt"])
        #expect(objects.map { $0["isValid"] as? Bool } == [true, false, false, false])
        #expect(objects.map { $0["wasRead"] as? Bool } == [true, false, true, true])
        let finding = (objects[1]["findings"] as? [[String: Any]])?.first
        #expect((finding?["message"] as? String)?.contains("No such file") == true)
        #expect(try validate("good.skipgpt", "none", in: directory).status == 4)
        let quiet = try validate("good.skipgpt", "--quiet", in: directory)
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    @Test("--print-manifest writes what --manifest checks, and --root-hash checks one file")
    func manifests() throws {
        let directory = try models()
        let odd = "with space\\and\nbreak"
        try FileManager.default.copyItem(atPath: directory.file("good.skipgpt"), toPath: directory.file(odd))
        let printed = try validate("good.skipgpt", odd, "cut.skipgpt", "--print-manifest", in: directory)
        #expect(printed.status == 1 && printed.errors.contains("cut off"))
        let lines = printed.outputText.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasSuffix("  good.skipgpt") && lines[1].hasPrefix("\\"))
        let rootHash = String(lines[0].prefix(64))
        try directory.write(printed.outputText, to: "MANIFEST")
        #expect(try validate("--manifest", "MANIFEST", "--quiet", in: directory).status == 0)
        #expect(try validate("good.skipgpt", "--manifest", "MANIFEST", in: directory).status == 0)
        #expect(try validate("bad.skipgpt", "--manifest", "MANIFEST", in: directory).errors.contains("does not name"))
        #expect(try validate("good.skipgpt", "--root-hash", rootHash.uppercased(), in: directory).status == 0)

        let other = String(repeating: "1", count: 64)
        try directory.write("\(other)  good.skipgpt\n\(rootHash)  gone.skipgpt\n", to: "OTHER")
        let mismatch = try validate("--manifest", "OTHER", in: directory)
        #expect(mismatch.status == 1 && mismatch.outputText.contains("its root hash is \(rootHash), not \(other)"))
        try directory.write("\(rootHash) good.skipgpt\n", to: "BROKEN")
        let broken = try validate("--manifest", "BROKEN", in: directory)
        #expect(
            broken.status == 2 && broken.errors.contains("BROKEN: line 1 is not a root hash, two spaces and a file"))
    }

    @Test(
        "Options that exclude each other are refused",
        arguments: [
            [], ["a", "b", "--root-hash", String(repeating: "0", count: 64)], ["a", "--root-hash", "12"],
            ["a", "--json", "--print-manifest"],
        ])
    func wrongOptions(_ arguments: [String]) throws {
        #expect(try ToolProcess.run("skipc", ["validate"] + arguments).status == 2)
    }
}

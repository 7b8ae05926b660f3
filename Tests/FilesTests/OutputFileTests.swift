import Glibc
import TestSupport
import Testing

@testable import SkipFiles

@Suite struct OutputFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("out") }

    init() throws { directory = try TemporaryDirectory() }

    private func contents(_ name: String) throws -> [UInt8] {
        let file = try InputFile(opening: directory.file(name))
        return try file.bytes(0..<file.byteCount)
    }

    @Test(arguments: [true, false]) func appearsWhenItIsPublished(usesUnnamedFile: Bool) throws {
        do {
            let file = try OutputFile(path: path, overwrite: false, usesUnnamedFile: usesUnnamedFile)
            try file.resize(to: 6)
            try file.write([4, 5], at: 3)
            try file.synchronize()
            #expect(!directory.contents.contains("out"))
            try file.publish()
        }
        #expect(directory.contents == ["out"])
        #expect(try contents("out") == [0, 0, 0, 4, 5, 0])
    }

    @Test(arguments: [true, false]) func leavesNothingIfItIsNotPublished(usesUnnamedFile: Bool) throws {
        do {
            let file = try OutputFile(path: path, overwrite: false, usesUnnamedFile: usesUnnamedFile)
            try file.write([1], at: 0)
            #expect(directory.contents.count == (usesUnnamedFile ? 0 : 1))
        }
        #expect(directory.contents == [])
    }

    @Test(arguments: [true, false]) func replacesOnlyOnRequest(usesUnnamedFile: Bool) throws {
        try directory.write([7], to: "out")
        let path = path
        #expect(throws: OutputError.targetExists(path: path)) {
            try OutputFile(path: path, overwrite: false, usesUnnamedFile: usesUnnamedFile)
        }
        #expect(try contents("out") == [7])
        let file = try OutputFile(path: path, overwrite: true, usesUnnamedFile: usesUnnamedFile)
        try file.write([8], at: 0)
        #expect(try contents("out") == [7])
        try file.publish()
        #expect(try contents("out") == [8])
        #expect(directory.contents == ["out"])
    }

    @Test(arguments: [true, false]) func doesNotReplaceAFileThatAppearsMeanwhile(usesUnnamedFile: Bool) throws {
        let path = path
        do {
            let file = try OutputFile(path: path, overwrite: false, usesUnnamedFile: usesUnnamedFile)
            try file.write([1], at: 0)
            try directory.write([7], to: "out")
            #expect(throws: OutputError.targetExists(path: path)) { try file.publish() }
        }
        #expect(directory.contents == ["out"])
        #expect(try contents("out") == [7])
    }

    @Test(arguments: ["", ".", "..", "directory", "link", "pipe"]) func refusesUnsuitableTargets(_ name: String) throws
    {
        try directory.makeDirectory("directory")
        try #require(unsafe symlink("target", directory.file("link")) == 0)
        try #require(unsafe mkfifo(directory.file("pipe"), 0o600) == 0)
        let path = directory.file(name)
        #expect(throws: OutputError.unsuitableTarget(path: path)) { try OutputFile(path: path, overwrite: true) }
        #expect(directory.contents == ["directory", "link", "pipe"])
    }

    @Test func aMissingDirectoryIsAnErrorOfTheSystem() {
        let missing = directory.file("missing")
        #expect(throws: OutputError.system(SystemFailure(.open, missing, code: ENOENT))) {
            try OutputFile(path: missing + "/out", overwrite: false)
        }
    }

    @Test func aSizeBeyondTheFreeSpaceIsRefusedAtOnce() throws {
        let path = path
        let file = try OutputFile(path: path, overwrite: false)
        #expect(throws: OutputError.system(SystemFailure(.freeSpace, path, code: ENOSPC))) {
            try file.resize(to: 1 << 62)
        }
    }

    @Test func aFailedWriteIsAnError() throws {
        let path = path
        let file = try OutputFile(path: path, overwrite: false)
        #expect(throws: OutputError.system(SystemFailure(.write, path, code: EINVAL))) { try file.write([1], at: -8) }
    }

    @Test func temporaryNamesFitAnEntryAndAreValidText() {
        for name in ["a", String(repeating: "x", count: 255), String(repeating: "é", count: 127)] {
            let partial = OutputFile.partialName(for: name)
            #expect(partial.hasPrefix("." + name.prefix(1)) && partial.hasSuffix(".partial"))
            #expect(partial.utf8.count <= 255 && !partial.contains("\u{FFFD}"))
            #expect(partial != OutputFile.partialName(for: name))
        }
    }

    @Test(arguments: [("a/b", "a", "b"), ("/b", "/", "b"), ("b", ".", "b"), ("a/", "a", ""), ("/a//b", "/a/", "b")])
    func splitsPaths(_ path: String, directory: String, name: String) {
        #expect(OutputFile.split(path) == (directory, name))
    }
}

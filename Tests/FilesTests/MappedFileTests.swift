import Glibc
import TestSupport
import Testing

@testable import SkipFiles

@Suite struct MappedFileTests {
    private func map(_ bytes: [UInt8]) throws -> MappedFile {
        let directory = try TemporaryDirectory()
        try directory.write(bytes, to: "x")
        // The mapping remains when the file's name is removed.
        return try MappedFile(opening: directory.file("x"))
    }

    @Test func readsWhatTheFileHolds() throws {
        let file = try map([0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 9])
        #expect(file.byteCount == 10)
        #expect(unsafe Array(file.bytes(3..<6)) == [0x12, 0x34, 0x56])
        #expect(file.integer(UInt32.self, at: 3) == 0x7856_3412)
        #expect(file.integer(UInt8.self, at: 9) == 9)
    }

    @Test func findsTheFirstByteThatIsNotZero() throws {
        var bytes = [UInt8](repeating: 0, count: 40)
        #expect(try map(bytes).firstNonzero(in: 0..<40) == nil)
        for index in bytes.indices {
            bytes[index] = 1
            let file = try map(bytes)
            #expect(file.firstNonzero(in: 0..<40) == index)
            #expect(file.firstNonzero(in: 0..<index) == nil)
            #expect(file.firstNonzero(in: index..<40) == index)
            bytes[index] = 0
        }
    }

    @Test func anEmptyFileHasNoBytes() throws {
        let file = try map([])
        #expect(file.byteCount == 0)
        #expect(unsafe file.bytes(0..<0).isEmpty)
        #expect(file.firstNonzero(in: 0..<0) == nil)
    }

    @Test(arguments: ["directory", "pipe", "/dev/null"]) func refusesWhatIsNotARegularFile(_ name: String) throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("directory")
        try #require(unsafe mkfifo(directory.file("pipe"), 0o600) == 0)
        let path = name.hasPrefix("/") ? name : directory.file(name)
        #expect(throws: MappingError.notRegularFile) { try MappedFile(opening: path) }
    }

    @Test func aMissingFileIsAnErrorOfTheSystem() throws {
        let path = try TemporaryDirectory().file("missing")
        #expect(throws: MappingError.system(SystemFailure(.open, path, code: ENOENT))) {
            try MappedFile(opening: path)
        }
    }

    @Test func bytesInMemoryAreReadInTheSameWay() {
        let file = MappedFile(contents: [1, 2, 3, 4])
        #expect(file.integer(UInt16.self, at: 1) == 0x0302)
        #expect(file.firstNonzero(in: 1..<4) == 1)
    }
}

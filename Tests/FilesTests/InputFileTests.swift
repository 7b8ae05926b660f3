import Glibc
import TestSupport
import Testing

@testable import SkipFiles

@Suite struct InputFileTests {
    private let directory: TemporaryDirectory
    private let file: InputFile

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write([1, 2, 3, 4, 5, 6], to: "x")
        file = try InputFile(opening: directory.file("x"))
    }

    @Test func readsRanges() throws {
        #expect(file.byteCount == 6)
        #expect(file.name == "x")
        #expect(try file.bytes(2..<5) == [3, 4, 5])
        #expect(try file.bytes(6..<6) == [])
        try file.checkUnchanged()
    }

    @Test func aFileThatShrinksIsAnErrorWhereItEnds() throws {
        try directory.resize("x", to: 4)
        #expect(try file.bytes(0..<4) == [1, 2, 3, 4])
        let error = #expect(throws: InputError.self) { try file.bytes(2..<6) }
        #expect(error?.rule == .inputChanged)
        #expect(error?.place == .byte(4))
        #expect(error?.file == file.path)
    }

    @Test("SY-118: another size is a change", arguments: [4, 8]) func anotherSizeIsAChange(byteCount: Int) throws {
        try directory.resize("x", to: byteCount)
        let error = #expect(throws: InputError.self) { try file.checkUnchanged() }
        #expect(error?.rule == .inputChanged)
    }

    /// The clock of the file system may not have advanced since the file was opened, so the test sets another time.
    @Test("SY-118: another time is a change") func anotherTimeIsAChange() throws {
        try directory.setModificationTime("x", secondsSince1970: 1)
        let error = #expect(throws: InputError.self) { try file.checkUnchanged() }
        #expect(error?.rule == .inputChanged)
    }

    @Test("IX-26: a replaced file stays readable") func aReplacedFileStaysReadable() throws {
        try directory.remove("x")
        try directory.write([9, 9, 9, 9, 9, 9], to: "x")
        #expect(try file.bytes(0..<2) == [1, 2])
    }

    @Test func aFileThatIsOpenedAgainMustBeTheSame() throws {
        let pool = DescriptorPool(limit: 2)
        for name in ["a", "b", "c", "d"] { try directory.write(Array(name.utf8), to: name) }
        let files = try ["a", "b", "c", "d"].map { try InputFile(opening: directory.file($0), pool: pool) }
        #expect(pool.openCount == 2)
        for file in files + files.reversed() {
            #expect(try file.bytes(0..<1) == Array(file.name.utf8))
            try file.checkUnchanged()
            #expect(pool.openCount == 2)
        }
        // The last two were read first, and are closed.
        for name in ["c", "d"] {
            try directory.remove(name)
            try directory.write("x", to: name)
        }
        for file in files[2...] {
            #expect(throws: InputError.self) { try file.bytes(0..<1) }
            let error = #expect(throws: InputError.self) { try file.checkUnchanged() }
            #expect(error?.rule == .inputChanged)
        }
        #expect(try files[0].bytes(0..<1) == Array("a".utf8))
    }

    @Test func aLinkToNothingIsNotAbsent() throws {
        #expect(unsafe symlink(directory.file("gone"), directory.file("link")) == 0)
        #expect(try FileProbe.exists(directory.file("x")))
        #expect(try !FileProbe.exists(directory.file("gone")))
        #expect(try !FileProbe.exists(directory.file("x/y")))
        let error = #expect(throws: InputError.self) { try FileProbe.exists(directory.file("link")) }
        #expect(error?.rule == .brokenLink)
    }

    @Test func whatIsMissingCannotBeRead() throws {
        let path = directory.file("missing")
        let error = #expect(throws: InputError.self) { try InputFile(opening: path) }
        #expect(error?.rule == .inputUnreadable)
        #expect(error?.file == path)
    }

    @Test("IX-27: what is not a regular file is refused", arguments: ["", "/dev/null"])
    func whatIsNotARegularFileIsRefused(_ path: String) throws {
        let path = path.isEmpty ? directory.path : path
        let error = #expect(throws: InputError.self) { try InputFile(opening: path) }
        #expect(error?.rule == .notRegularFile)
    }

    @Test func aTemporaryFileKeepsWhatIsWritten() throws {
        let file = try TemporaryFile(in: directory.path)
        #expect(directory.contents == ["x"])
        let bytes: [UInt8] = [1, 2, 3]
        try unsafe bytes.withUnsafeBytes { try unsafe file.write($0, at: 5) }
        func read(at offset: Int) throws -> [UInt8] {
            var found = [UInt8](repeating: 0xFF, count: 4)
            try unsafe found.withUnsafeMutableBytes { try unsafe file.read(at: offset, into: $0) }
            return found
        }
        #expect(try read(at: 4) == [0, 1, 2, 3])
        let error = #expect(throws: InputError.self) { try read(at: 5) }
        #expect(error?.rule == .temporaryFile)
    }

    @Test func aTemporaryFileNeedsItsDirectory() throws {
        let missing = directory.file("missing")
        let error = #expect(throws: InputError.self) { try TemporaryFile(in: missing) }
        #expect(error?.rule == .temporaryFile)
        #expect(error?.file == missing)
    }
}

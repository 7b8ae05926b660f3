import Glibc
import TestSupport
import Testing

@testable import SkipFiles

@Suite struct DirectoryListingTests {
    @Test func listsNamesInOrder() throws {
        let directory = try TemporaryDirectory()
        #expect(try DirectoryListing.names(in: directory.path) == [])
        for name in ["b", "a", ".hidden"] { try directory.write("", to: name) }
        try directory.makeDirectory("c")
        #expect(try DirectoryListing.names(in: directory.path) == [".hidden", "a", "b", "c"])
    }

    @Test func whatIsMissingIsNotAnEmptyDirectory() throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "file")
        for (path, code) in [(directory.file("missing"), ENOENT), (directory.file("file"), ENOTDIR)] {
            #expect(throws: SystemFailure(.open, path, code: code)) { try DirectoryListing.names(in: path) }
        }
    }

    @Test func aDescriptorThatIsNotADirectoryIsAnError() throws {
        let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        #expect(throws: SystemFailure(.list, "x", code: ENOTDIR)) {
            try DirectoryListing.names(ofDescriptor: descriptor, path: "x")
        }
    }
}

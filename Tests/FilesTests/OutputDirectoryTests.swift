import Glibc
import TestSupport
import Testing

@testable import SkipFiles

@Suite struct OutputDirectoryTests {
    private let parent: TemporaryDirectory
    private var path: String { parent.file("out") }

    init() throws { parent = try TemporaryDirectory() }

    @Test(arguments: [false, true]) func appearsWhenItIsPublished(replacesEmptyDirectory: Bool) throws {
        if replacesEmptyDirectory { try parent.makeDirectory("out") }
        let output = try OutputDirectory(path: path + "/")
        let file = try OutputFile(path: output.file("x"), overwrite: false)
        try file.publish()
        #expect(TemporaryDirectory.names(in: path) == [])
        try output.publish()
        #expect(parent.contents == ["out"])
        #expect(TemporaryDirectory.names(in: path) == ["x"])
    }

    @Test func leavesNothingIfItIsNotPublished() throws {
        do {
            let output = try OutputDirectory(path: path)
            let file = try OutputFile(path: output.file("x"), overwrite: false)
            try file.publish()
            #expect(parent.contents.count == 1)
        }
        #expect(parent.contents == [])
    }

    @Test func refusesWhatExists() throws {
        let path = path
        try parent.write("", to: "out")
        #expect(throws: OutputError.targetExists(path: path)) { try OutputDirectory(path: path) }
        try parent.remove("out")
        try parent.write("", to: "other")
        try parent.makeDirectory("out/inner")
        #expect(throws: OutputError.targetExists(path: path)) { try OutputDirectory(path: path) }
        #expect(parent.contents == ["other", "out"])
    }

    @Test func doesNotReplaceADirectoryThatIsFilledMeanwhile() throws {
        let path = path
        do {
            let output = try OutputDirectory(path: path)
            try parent.makeDirectory("out/inner")
            #expect(throws: OutputError.targetExists(path: path)) { try output.publish() }
        }
        #expect(parent.contents == ["out"])
        #expect(TemporaryDirectory.names(in: path) == ["inner"])
    }

    @Test(arguments: ["", ".", "..", "/"]) func refusesUnsuitableNames(_ path: String) {
        #expect(throws: OutputError.unsuitableTarget(path: path)) { try OutputDirectory(path: path) }
    }
}

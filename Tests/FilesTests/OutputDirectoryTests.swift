import Foundation
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

/// `OutputDirectory` with a directory of that name that may be replaced.
@Suite struct ReplacedDirectoryTests {
    private let parent: TemporaryDirectory
    private var path: String { parent.file("out") }

    init() throws {
        parent = try TemporaryDirectory()
        try parent.makeDirectory("out")
        for name in ["model", "old"] { try parent.write("1", to: "out/" + name) }
    }

    private func output(inputs: ProtectedFiles = ProtectedFiles()) throws(OutputError) -> OutputDirectory {
        let output = try OutputDirectory(
            path: path, replacing: DirectoryReplacement(inputs: inputs) { $0.contains("model") })
        try OutputFile(path: output.file("model"), overwrite: false).publish()
        return output
    }

    /// Makes a link to the file `target`.
    private func makeLink(_ name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: parent.file(name), withDestinationPath: parent.file("target"))
    }

    private var names: [String] { TemporaryDirectory.names(in: path) }

    @Test func replacesTheDirectoryWhenItIsPublished() throws {
        // A link is removed, not what it points to.
        try parent.write("2", to: "target")
        try makeLink("out/link")
        let output = try output()
        #expect(names == ["link", "model", "old"])
        try output.publish()
        #expect(names == ["model"] && parent.contents == ["out", "target"])
    }

    @Test func theLastOfTwoWritersWins() throws {
        let (first, second) = (try output(), try output())
        try OutputFile(path: second.file("second"), overwrite: false).publish()
        try first.publish()
        try second.publish()
        #expect(names == ["model", "second"] && parent.contents == ["out"])
    }

    @Test func publishesIfTheDirectoryIsRemovedMeanwhile() throws {
        let output = try output()
        try parent.remove("out")
        try output.publish()
        #expect(names == ["model"] && parent.contents == ["out"])
    }

    @Test func leavesTheDirectoryIfItIsNotPublished() throws {
        do { _ = try output() }
        #expect(names == ["model", "old"] && parent.contents == ["out"])
    }

    @Test func refusesOtherDirectoriesAndInputs() throws {
        let path = path
        var inputs = ProtectedFiles()
        inputs.add(path: path + "/old")
        #expect(throws: OutputError.targetIsInput(path: path)) { try output(inputs: inputs) }
        try parent.makeDirectory("out/inner")
        #expect(throws: OutputError.notReplaceable(path: path)) { try output() }
        try parent.remove("out/inner")
        try parent.remove("out/model")
        #expect(throws: OutputError.notReplaceable(path: path)) { try output() }
        try parent.remove("out")
        try parent.write("1", to: "out")
        #expect(throws: OutputError.notReplaceable(path: path)) { try output() }
        try parent.remove("out")
        try parent.write("1", to: "target")
        try makeLink("out")
        #expect(throws: OutputError.notReplaceable(path: path)) { try output() }
        #expect(parent.contents == ["out", "target"])
    }

    @Test func aDirectoryThatBecomesUnsuitableMeanwhileIsKept() throws {
        let path = path
        do {
            let output = try output()
            try parent.makeDirectory("out/inner")
            #expect(throws: OutputError.notReplaceable(path: path)) { try output.publish() }
        }
        #expect(names == ["inner", "model", "old"] && parent.contents == ["out"])
    }
}

import SkipFiles
import TestSupport
import Testing

@testable import SkipCompiler

/// Which files of a model directory may be copied.
@Suite struct LinkScopeTests {
    @Test(
        "The blobs of a snapshot are those of its own repository",
        arguments: [
            ("/cache/models--a--b/snapshots/01", "/cache/models--a--b/blobs"),
            ("/cache/models--a--b/snapshots/01/sub", "/cache/models--a--b/blobs"),
            ("/models--a--b/snapshots/01", "/models--a--b/blobs"),
            ("/cache/models--a--b/snapshots", nil), ("/cache/data/snapshots/01", nil), ("/snapshots/01", nil),
            ("/cache/models--a--b", nil), ("/", nil),
        ] as [(String, String?)])
    func blobs(_ path: String, _ blobs: String?) {
        #expect(LinkScope.blobs(besideSnapshot: path) == blobs)
    }

    @Test("A path that is not in the directory, such as --checkpoint, is not limited")
    func otherPaths() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("model")
        try directory.write("x", to: "model-2")
        let scope = try LinkScope(directory.file("model"))
        try scope.check(directory.file("model-2"))
        #expect(throws: InputError.self) { try scope.check(directory.file("model") + "/../model-2") }
    }
}

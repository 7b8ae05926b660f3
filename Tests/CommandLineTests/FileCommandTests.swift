import Foundation
import TestSupport
import Testing

/// `validate`, `inspect`, `run` and `trace` on good and bad files.
@Suite struct FileCommandTests {
    /// A directory with a small converted model, `model.skipgpt`.
    private func converted() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let result = try ToolProcess.run(
            "skipc",
            [
                "convert", directory.path, "--router", directory.file("routers.safetensors"), "-o",
                directory.file("model.skipgpt"),
            ])
        try #require(result.status == 0, "\(result.errors)")
        return directory
    }

    private func damaged(_ directory: TemporaryDirectory, _ change: (inout Data) -> Void) throws -> String {
        var data = try Data(contentsOf: URL(fileURLWithPath: directory.file("model.skipgpt")))
        change(&data)
        try directory.write([UInt8](data), to: "bad.skipgpt")
        return directory.file("bad.skipgpt")
    }

    @Test func validateAcceptsGoodFilesAndRefusesBadOnes() throws {
        let directory = try converted()
        let good = try ToolProcess.run("skipc", ["validate", directory.file("model.skipgpt")])
        #expect(good.status == 0 && good.outputText.contains("good"))
        // One bit in the middle of the weights, which only a hash can detect.
        let path = try damaged(directory) { $0[$0.count / 2 / 16384 * 16384 + 5] ^= 4 }
        let bad = try ToolProcess.run("skipc", ["validate", path])
        #expect(bad.status == 1 && bad.outputText.contains("(SK-"))
        let json = try ToolProcess.run("skipc", ["validate", path, "--json"])
        let report = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
        #expect(json.status == 1 && report?["isValid"] as? Bool == false)
    }

    @Test func everyCommandRefusesADamagedHeader() throws {
        let directory = try converted()
        let path = try damaged(directory) { $0[40] ^= 1 }
        for command in [
            ["inspect", path], ["run", path, "-p", "x"], ["trace", path, "-p", "x", "-o", directory.file("t")],
            ["bench", path],
        ] {
            let result = try ToolProcess.run("skipc", command)
            #expect(result.status == 3, "\(command[0]): \(result.errors)")
            #expect(result.errors.contains("error[SK-"), "\(result.errors)")
        }
        let small = try ToolProcess.run("skiprun", [path, "-p", "x"])
        #expect(small.status == 3, "\(small.errors)")
    }

    @Test func filesThatCannotBeReadExitWith4() throws {
        for command in [
            ["validate", "/nonexistent"], ["inspect", "/nonexistent"], ["run", "/nonexistent", "-p", "x"],
        ] {
            #expect(try ToolProcess.run("skipc", command).status == 4)
        }
    }

    @Test func inspectShowsWhatTheFileHolds() throws {
        let directory = try converted()
        let path = directory.file("model.skipgpt")
        let text = try ToolProcess.run("skipc", ["inspect", path, "--tensors"]).outputText
        #expect(text.contains("linear; attention in 2 and MLP in 2 of 2 layers"))
        #expect(text.contains("layers.1.downProjection"))
        #expect(text.contains("model.safetensors"))
        let json = try ToolProcess.run("skipc", ["inspect", path, "--json"])
        let report = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
        #expect((report?["model"] as? [String: Any])?["hiddenSize"] as? Int == 8)
        let map = try ToolProcess.run("skipc", ["inspect", path, "--map"]).outputText
        #expect(map.contains("mlp"))
        let checkpoint = try ToolProcess.run("skipc", ["inspect", directory.file("model.safetensors")]).outputText
        #expect(checkpoint.contains("model.layers.0.mlp.gate_proj.weight"))
    }

    @Test func traceRefusesTokensThatAreNotInTheVocabulary() throws {
        let directory = try converted()
        for (ids, status) in [("[1, 16]", 2), ("[1, -1]", 3), ("[1.5]", 3), ("{}", 3), ("[]", 2), ("[1", 3)] {
            try directory.write(ids, to: "ids.json")
            let result = try ToolProcess.run(
                "skipc",
                [
                    "trace", directory.file("model.skipgpt"), "--ids", directory.file("ids.json"), "-o",
                    directory.file("t.safetensors"),
                ])
            #expect(result.status == status, "\(ids): \(result.errors)")
            #expect(!directory.contents.contains("t.safetensors"))
        }
    }

    @Test func aModelWithoutTokenizerIsReported() throws {
        let directory = try converted()
        let result = try ToolProcess.run("skipc", ["run", directory.file("model.skipgpt"), "-p", "x"])
        #expect(result.status == 2)
        #expect(result.errors.contains("tokenizer"))
    }

    @Test("SK-112: a full standard output is a failure") func aFullStandardOutputIsAFailure() throws {
        let directory = try converted()
        let result = try ToolProcess.run(
            "skipc", ["inspect", directory.file("model.skipgpt")], standardOutput: "/dev/full")
        #expect(result.status == 4, "\(result.errors)")
    }
}

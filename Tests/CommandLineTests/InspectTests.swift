import Foundation
import TestSupport
import Testing

/// What `inspect` shows of a directory and of the file that is made of it, and the notes of `convert` and `merge`.
@Suite struct InspectTests {
    private static let rope =
        #""rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 16}, "rope_theta": 500000.0"#

    /// A directory whose configuration relies on a default and has fields that are not read.
    private func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config
            .replacingFirst(#""rms_norm_eps": 1e-05, "#, with: "")
            .replacingFirst(#""rope_theta": 10000.0"#, with: Self.rope)
            .replacingFirst("{", with: #"{"mystery": 3, "sliding_window": 4, "#)
        checkpoint.model.tensors.append(
            SafetensorsBuilder.float32("model.layers.0.self_attn.rotary_emb.inv_freq", [2], [1, 0.01]))
        try checkpoint.write(to: directory)
        return directory
    }

    private func object(_ arguments: [String]) throws -> [String: Any] {
        let result = try ToolProcess.run("skipc", arguments)
        try #require(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
    }

    private static let notes = [
        "config.json: rms_norm_eps is absent: 1e-06 is used, the default of Transformers",
        "config.json: sliding_window is 4, which LlamaForCausalLM does not use",
        "config.json: fields of unknown meaning are not used: mystery (3)",
    ]

    @Test func aDirectoryAndItsFileShowTheSameModel() throws {
        let directory = try directory()
        let file = directory.file("model.skipgpt")
        let routers = directory.file("routers.safetensors")
        let converted = try ToolProcess.run(
            "skipc", ["convert", directory.path, "--router", routers, "-o", file, "--json"])
        try #require(converted.status == 0, "\(converted.errors)")
        for note in Self.notes { #expect(converted.errors.contains("skipc: note: \(note)\n"), "\(note)") }

        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(converted.output)) as? [String: Any])
        #expect((report["notes"] as? [[String: Any]])?.count == 3)

        let ofDirectory = try object(["inspect", directory.path, "--json"])
        let ofFile = try object(["inspect", file, "--json"])
        let model = try #require(ofDirectory["model"] as? [String: Any])
        #expect(model as NSDictionary == ofFile["model"] as? NSDictionary)
        #expect(
            model["rope"] as? NSDictionary == [
                "type": "llama3", "theta": 500_000, "factor": 8, "lowFrequencyFactor": 1, "highFrequencyFactor": 4,
                "originalMaximumPositions": 16,
            ])
        #expect(model["normEpsilon"] as? Double == 1e-6 && model["activation"] as? String == "silu")
        #expect(model["beginOfTextTokenID"] as? Int == 0 && model["endOfTextTokenIDs"] as? [Int] == [1])
        #expect(
            model["routers"] as? NSDictionary == ["attention": ["linear", "linear"], "mlp": ["linear", "linear"]])
        #expect((ofDirectory["notes"] as? [[String: Any]])?.count == 3)
        #expect((ofDirectory["leftOut"] as? [[String: Any]])?.count == 1)
        #expect(ofDirectory["tensorTypes"] as? NSDictionary == ["f32": 29])

        let text = try ToolProcess.run("skipc", ["inspect", directory.path]).outputText
        let textOfFile = try ToolProcess.run("skipc", ["inspect", file]).outputText
        for line in [
            "theta 500000, llama3, factor 8, low 1, high 4, 16 original positions", "RMS, epsilon 1e-06",
            "scale 0.5, no softcap, all tokens", "begin of text 0; end of text 1",
            "linear; attention in 2 and MLP in 2 of 2 layers; threshold bias 0",
        ] {
            #expect(text.contains("  \(line)\n") && textOfFile.contains("  \(line)\n"), "\(line)")
        }
        for note in Self.notes { #expect(text.contains(note)) }
        #expect(text.contains("left out model.layers.0.self_attn.rotary_emb.inv_freq"))
    }

    @Test("inspect says what each path is, and shows the kinds of routers wherever there are some")
    func kindsAndRouters() throws {
        let directory = try directory()
        try TinyAdapter().write(to: directory)
        let (merged, file) = (directory.file("merged"), directory.file("model.skipgpt"))
        let adapter = ["--lora", directory.file("lora"), "--router", directory.file("routers.safetensors")]
        let linear: NSDictionary = ["attention": ["linear", "linear"], "mlp": ["linear", "linear"]]
        for command in [["merge", directory.path, "-o", merged], ["convert", directory.path, "-o", file]] {
            let written = try object(command + adapter + ["--json"])
            #expect((written["model"] as? [String: Any])?["routers"] as? NSDictionary == linear, "\(command[0])")
        }
        for (path, kind) in [(directory.path, "modelDirectory"), (merged, "modelDirectory"), (file, "skipgpt")] {
            let found = try object(["inspect", path, "--json"])
            #expect(found["kind"] as? String == kind)
            #expect((found["model"] as? [String: Any])?["routers"] as? NSDictionary == linear, "\(path)")
        }
        let routers = try object(["inspect", directory.file("routers.safetensors"), "--json"])
        #expect(routers["kind"] as? String == "tensorFile" && routers["routers"] as? NSDictionary == linear)
        let weights = try object(["inspect", directory.file("model.safetensors"), "--json"])
        #expect(weights["routers"] == nil && weights["tensorCount"] as? Int == 22)
        let text = try ToolProcess.run("skipc", ["inspect", directory.file("routers.safetensors")]).outputText
        #expect(text.contains("\n  routers linear: attention in 2 and MLP in 2 of 2 layers\n"))
        let lora = try object(["inspect", directory.file("lora"), "--json"])
        #expect(lora["kind"] as? String == "adapter" && lora["tensorCount"] as? Int != nil)
    }

    @Test func mergeNotesDefaults() throws {
        let directory = try directory()
        try TinyAdapter().write(to: directory)
        let merged = try ToolProcess.run(
            "skipc",
            ["merge", directory.path, "--lora", directory.file("lora"), "-o", directory.file("merged")])
        #expect(merged.status == 0, "\(merged.errors)")
        for note in Self.notes { #expect(merged.errors.contains(note)) }
    }

    @Test func aFieldThatChangesTheMathematicsIsRefused() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst("{", with: #"{"attn_logit_softcapping": 50.0, "#)
        try checkpoint.write(to: directory)
        for command in [["inspect", directory.path], ["convert", directory.path, "--dry-run"]] {
            let result = try ToolProcess.run("skipc", command)
            #expect(result.status == 6 && result.errors.contains("error[CF-75U]"), "\(result.errors)")
            #expect(result.errors.contains("attn_logit_softcapping"))
        }
    }
}

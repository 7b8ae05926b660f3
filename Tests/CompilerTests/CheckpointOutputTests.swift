import SkipModel
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

@Suite struct CheckpointOutputTests {
    private func weight(_ name: String, _ elementType: ElementType, _ count: Int) -> CheckpointWeight {
        CheckpointWeight(
            name: ByteString(name),
            plan: .stored(
                SourceTensor(
                    sourceIndex: 0, name: ByteString(name), elementType: elementType, shape: .vector(count),
                    byteOffset: 0)), isRouter: false)
    }

    @Test func shardsKeepTheOrderAndTheLimit() {
        let weights = [
            weight("a", .bfloat16, 10), weight("b", .float32, 5), weight("c", .bfloat16, 100), weight("d", .float32, 1),
        ]
        let plan = ShardPlan(weights, byteLimit: 40, metadata: [("k", "v")])
        #expect(
            plan.shards.map(\.fileName) == [
                "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                "model-00003-of-00003.safetensors",
            ])
        // Wider types come first, and a tensor above the limit has its own file.
        #expect(plan.shards.map { $0.weights.map(\.name.description) } == [["b", "a"], ["c"], ["d"]])
        let index = String(decoding: plan.index ?? [], as: UTF8.self)
        #expect(index.contains("\"total_size\": 244"))
        #expect(index.contains("\"k\": \"v\""))
        #expect(index.contains("\"c\": \"model-00002-of-00003.safetensors\""))
        let single = ShardPlan(weights, byteLimit: 1000, metadata: [])
        #expect(single.shards.map(\.fileName) == ["model.safetensors"])
        #expect(single.index == nil)
    }

    @Test func companionsAreTheFilesWithoutWeights() throws {
        let directory = try TemporaryDirectory()
        for name in [
            "config.json", "tokenizer.json", "chat_template.jinja", "merges.txt", "README.md", "model.safetensors",
            "pytorch_model.bin", "model.safetensors.index.json", ".gitattributes", "adapter_config.json", "a.gguf",
        ] {
            try directory.write("x", to: name)
        }
        try directory.makeDirectory("onnx")
        #expect(
            try CompanionFiles.names(in: directory.path)
                == ["README.md", "chat_template.jinja", "config.json", "merges.txt", "tokenizer.json"])
    }
}

import Testing

@testable import SkipConvert
@testable import SkipFiles

@Suite struct TrainingNameTests {
    private func check(
        _ stored: ByteString, is kind: TrainingName.Kind, of canonical: ByteString, adapter: ByteString? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let name = TrainingName(stored)
        #expect(name.kind == kind, "\(stored)", sourceLocation: location)
        #expect(name.canonical == canonical, sourceLocation: location)
        #expect(name.adapterName == adapter, sourceLocation: location)
    }

    private let query: ByteString = "model.layers.7.self_attn.q_proj.weight"

    @Test func plainNamesStay() {
        for name: ByteString in [query, "model.embed_tokens.weight", "lm_head.weight", "x", "", "a..b", "block.weight"]
        {
            check(name, is: .base, of: name)
        }
    }

    @Test(arguments: [
        "module.model.layers.7.self_attn.q_proj.weight",
        "model.model.layers.7.self_attn.q_proj.weight",
        "model._orig_mod.model.layers.7.self_attn.q_proj.weight",
        "model.base_model.model.model.layers.7.self_attn.q_proj.weight",
        "_orig_mod.model.layers.7.self_attn.q_proj.weight",
        "module._orig_mod.module.model.layers.7.self_attn.q_proj.weight",
        "model.layers.7._orig_mod.self_attn.q_proj.weight",
        "model.layers.7.block.self_attn.q_proj.weight",
        "model.layers.7._fsdp_wrapped_module.block._checkpoint_wrapped_module.self_attn.q_proj.weight",
        "base_model.model.model.layers.7.self_attn.q_proj.weight",
        "base_model.model.model.layers.7.block.self_attn.q_proj.base_layer.weight",
        "module.base_model.model._orig_mod.model.layers.7.block.self_attn.q_proj.base_layer.weight",
    ])
    func wrappersAreRemoved(_ stored: String) {
        check(ByteString(stored), is: .base, of: query)
    }

    @Test func routersAreBesideTheBlock() {
        check(
            "base_model.model.model.layers.3.router_attention.hidden_layer.weight", is: .base,
            of: "model.layers.3.router_attention.hidden_layer.weight")
    }

    @Test func partsOfAdaptersNameTheTensorThatTheyChange() {
        let prefix = "base_model.model.model.layers.7.block.self_attn.q_proj."
        let parts: [(String, TrainingName.Kind)] = [
            ("lora_A", .loraA), ("lora_B", .loraB), ("lora_magnitude_vector", .loraMagnitude),
        ]
        for (part, kind) in parts {
            check(ByteString(prefix + part + ".weight"), is: kind, of: query)
            check(ByteString(prefix + part + ".default.weight"), is: kind, of: query, adapter: "default")
        }
        check(ByteString(prefix + "lora_magnitude_vector"), is: .loraMagnitude, of: query)
        check(ByteString(prefix + "lora_magnitude_vector.mine"), is: .loraMagnitude, of: query, adapter: "mine")
        check(
            ByteString(prefix + "lora_B.default.bias"), is: .loraBias, of: "model.layers.7.self_attn.q_proj.bias",
            adapter: "default")
    }

    @Test func embeddingsHaveParametersWithoutAnEnding() {
        let embedding: ByteString = "model.embed_tokens.weight"
        check("base_model.model.model.embed_tokens.lora_embedding_A", is: .loraEmbeddingA, of: embedding)
        check(
            "base_model.model.model.embed_tokens.lora_embedding_B.default", is: .loraEmbeddingB, of: embedding,
            adapter: "default")
        check("base_model.model.model.embed_tokens.base_layer.weight", is: .base, of: embedding)
    }

    @Test func savedModulesAndTheirOriginals() {
        let norm: ByteString = "model.layers.0.input_layernorm.weight"
        let prefix = "base_model.model.model.layers.0.block.input_layernorm."
        check(ByteString(prefix + "modules_to_save.default.weight"), is: .savedModule, of: norm, adapter: "default")
        check(ByteString(prefix + "modules_to_save.weight"), is: .savedModule, of: norm)
        check(ByteString(prefix + "original_module.weight"), is: .originalModule, of: norm)
        check(
            "base_model.model.model.layers.0.self_attn.modules_to_save.default.q_proj.weight", is: .savedModule,
            of: "model.layers.0.self_attn.q_proj.weight", adapter: "default")
    }

    @Test(arguments: [
        "q_proj.lora_A", "q_proj.lora_A.default", "q_proj.lora_A.default.bias", "q_proj.lora_A.a.b.weight",
        "q_proj.lora_embedding_A.a.b", "q_proj.lora_diag.default", "q_proj.lora_B.default.0.weight",
    ])
    func unknownPartsAreReportedAsUnknown(_ stored: String) {
        #expect(TrainingName(ByteString(stored)).kind == .unknownAdapterPart)
    }
}

import SkipModel
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// What checkpoints in circulation look like: spellings, ties, buffers.
@Suite struct CheckpointVariantTests {
    private func read(_ checkpoint: TinyCheckpoint) throws -> FrontEnd.Result {
        let directory = try TemporaryDirectory()
        try checkpoint.write(to: directory)
        return try FrontEnd(modelDirectory: directory.path, routerPath: directory.file("routers.safetensors")).read()
    }

    private func error(_ checkpoint: TinyCheckpoint) -> InputError? {
        #expect(throws: InputError.self) { try read(checkpoint) }
    }

    // MARK: Tied weights

    private static let head = "lm_head.weight"
    private static let embedding = "model.embed_tokens.weight"

    /// A checkpoint whose configuration ties the head to the embedding.
    private static func tied(_ change: (inout TinyCheckpoint) -> Void) -> TinyCheckpoint {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            #""tie_word_embeddings": false"#, with: #""tie_word_embeddings": true"#)
        change(&checkpoint)
        return checkpoint
    }

    private func ids(_ result: FrontEnd.Result) -> Set<TensorRole> {
        Set(result.graph.tensors.map(\.id.role)).intersection([.outputHead, .tokenEmbedding])
    }

    @Test func aHeadOfItsOwnIsKeptDespiteTheFlag() throws {
        let result = try read(Self.tied { _ in })
        #expect(ids(result) == [.outputHead, .tokenEmbedding])
        #expect(!result.graph.configuration.tiesWordEmbeddings && result.partsTiedEmbedding)
    }

    @Test func anEqualHeadIsTied() throws {
        let result = try read(
            Self.tied { checkpoint in
                let bytes = checkpoint.model.tensors.first { $0.name == Self.embedding }?.bytes ?? []
                checkpoint.change(Self.head) { $0.bytes = bytes }
            })
        #expect(ids(result) == [.tokenEmbedding])
        #expect(result.graph.configuration.tiesWordEmbeddings && !result.partsTiedEmbedding)
        #expect(result.leftOut.map(\.name) == ["lm_head.weight"])
    }

    @Test(arguments: [head, embedding]) func oneTensorServesAsBoth(missing: String) throws {
        let result = try read(Self.tied { checkpoint in checkpoint.model.tensors.removeAll { $0.name == missing } })
        #expect(ids(result) == [.tokenEmbedding])
        #expect(result.graph.configuration.tiesWordEmbeddings && !result.partsTiedEmbedding)
    }

    @Test(arguments: [head, embedding]) func untiedModelsNeedBoth(missing: String) throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors.removeAll { $0.name == missing }
        #expect(error(checkpoint)?.rule == .tensorMissing)
    }

    @Test func lastByteDecides() throws {
        let result = try read(
            Self.tied { checkpoint in
                var bytes = checkpoint.model.tensors.first { $0.name == Self.embedding }?.bytes ?? []
                bytes[bytes.count - 4] ^= 1
                checkpoint.change(Self.head) { $0.bytes = bytes }
            })
        #expect(ids(result) == [.outputHead, .tokenEmbedding])
    }

    // MARK: Architecture

    private func named(_ architectures: String) -> TinyCheckpoint {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            #""architectures": ["LlamaForCausalLM"]"#, with: #""architectures": "# + architectures)
        return checkpoint
    }

    @Test(arguments: [
        #"["LLaMAForCausalLM"]"#, #"["FSDPLlamaForCausalLM"]"#, #"["llamaforcausallm", "other"]"#, "null", "[]",
        #"["transformers.LlamaForCausalLM"]"#, #"["OptimizedModule"]"#, #"["PeftModelForCausalLM"]"#,
    ])
    func spellingsOfTheFamilyAreRead(architectures: String) throws {
        #expect(try read(named(architectures)).graph.configuration.architecture == .llama)
    }

    @Test(
        "CF-75: other architectures are refused",
        arguments: [
            ("LlamaForSequenceClassification", "a classifier"), ("LlavaForConditionalGeneration", "a wrapper with"),
            ("LlamaModel", "a model without an output head"), ("LlamaRewardModel", "a reward model"),
            ("OtherLM", "\"OtherLM\""), ("T5ForConditionalGeneration", "an encoder-decoder model"),
            ("LlamaForMultipleChoice", "multiple choice"), ("LlamaForCausalLMEagle3", "a draft model"),
        ])
    func otherModelsAreRefusedByWhatTheyAre(name: String, words: String) {
        let error = error(named("[\"\(name)\"]"))
        #expect(error?.rule == .unsupportedArchitecture && error?.found.contains(words) == true)
    }

    @Test func aWrapperIsRecognizedByItsFields() {
        var checkpoint = named("null")
        checkpoint.config = checkpoint.config.replacingFirst(
            #""model_type": "llama""#, with: #""model_type": "llava", "vision_config": {}"#)
        #expect(error(checkpoint)?.found == "\"llava\", a wrapper with a vision encoder")
    }

    @Test func namesThatDisagreeAreNoted() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            #""model_type": "llama""#, with: #""model_type": "mistral""#)
        #expect(
            try read(checkpoint).configurationNotes == [
                .replaced(field: "model_type", value: "\"mistral\"", winner: "architectures")
            ])
    }

    @Test(arguments: [
        ("score.weight", "a classifier"), ("v_head.summary.weight", "a model with a value head"),
        ("model.layers.0.mlp.experts.0.up_proj.weight", "a mixture of experts"),
        ("model.vision_tower.conv.weight", "a wrapper with a vision encoder"),
    ])
    func partsOfOtherModelsAreRefusedByWhatTheyAre(name: String, kind: String) {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors.append(SafetensorsBuilder.float32(name, [1], [1]))
        let error = error(checkpoint)
        #expect(error?.rule == .tensorUnexpected && error?.found == "a part of \(kind)")
    }

    @Test func aConfigurationWithoutAnyNameIsRefused() {
        var checkpoint = named("null")
        checkpoint.config = checkpoint.config.replacingFirst(#""model_type": "llama""#, with: #""model_type": null"#)
        #expect(error(checkpoint)?.rule == .unsupportedArchitecture)
        #expect(error(named("\"LlamaForCausalLM\""))?.rule == .configField)
        #expect(error(named("[7]"))?.rule == .configField)
    }

    // MARK: Buffers

    @Test(
        "CF-76: buffers are left out and named",
        arguments: [
            "model.layers.0.self_attn.rotary_emb.inv_freq", "model.layers.1.self_attn.rotary_emb.cos_cached",
            "model.layers.1.self_attn.rotary_emb.sin_cached", "model.rotary_emb.inv_freq",
            "model.rotary_emb.original_inv_freq",
            "rope.freqs", "model.layers.0.attention.inner_attention.rope.freqs", "model.position_ids",
            "model.causal_mask",
            "model.layers.0.self_attn.bias", "model.layers.0.self_attn.masked_bias", "batch_norm.num_batches_tracked",
            "model.layers.0.self_attn.rotary_emb._cos_k_cached", "model.rotary_emb.max_seq_len_cached", "mask_cache",
            "model.layers.1.self_attn.q_proj._extra_state", "n_averaged", "model.rotary_emb_local.inv_freq",
        ])
    func buffersAreLeftOutAndNamed(name: String) throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors.append(TinyAdapter.random(name, [4]))
        let result = try read(checkpoint)
        #expect(result.leftOut.map(\.name) == [ByteString(name)])
        #expect(result.leftOut.map(\.reason) == [.derivedBuffer])
    }

    @Test(
        "CF-76: other tensors are errors",
        arguments: ["inv_freq_scale", "model.layers.0.self_attn.q_proj.extra", "model.layers.0.mlp.bias"])
    func othersAreStillErrors(name: String) {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors.append(TinyAdapter.random(name, [4]))
        #expect(error(checkpoint)?.rule == .tensorUnexpected)
    }
}

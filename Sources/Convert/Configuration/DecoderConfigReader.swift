import SkipFiles
import SkipModel

/// Reads the fields that the configurations of all decoder families share, under their names in Transformers.
struct DecoderConfigReader {
    let config: ConfigReader

    /// Returns the configuration from the common fields. The layers have no routers.
    func configuration(architecture: Architecture) throws(InputError) -> ModelConfiguration {
        try refuseQuantized()
        let hiddenSize = try config.integer("hidden_size", in: 1...ModelLimits.maximumHiddenSize)
        let attentionHeadCount = try config.integer("num_attention_heads", in: 1...ModelLimits.maximumHeadCount)
        let keyValueHeadCount =
            try config.optionalInteger("num_key_value_heads", in: 1...ModelLimits.maximumHeadCount)
            ?? attentionHeadCount
        if attentionHeadCount % keyValueHeadCount != 0 {
            throw config.error(
                .configHeads, "num_key_value_heads", found: "\(keyValueHeadCount)",
                required: "a divisor of num_attention_heads, \(attentionHeadCount)")
        }
        let headDimension = try headDimension(hiddenSize: hiddenSize, attentionHeadCount: attentionHeadCount)
        let vocabularySize = try config.integer("vocab_size", in: 1...ModelLimits.maximumVocabularySize)
        let layerCount = try config.integer("num_hidden_layers", in: 1...ModelLimits.maximumLayerCount)
        let maximumPositionCount = try config.integer(
            "max_position_embeddings", in: 1...ModelLimits.maximumPositionCount)
        return ModelConfiguration(
            architecture: architecture,
            vocabularySize: vocabularySize,
            hiddenSize: hiddenSize,
            intermediateSize: try config.integer("intermediate_size", in: 1...ModelLimits.maximumIntermediateSize),
            attentionHeadCount: attentionHeadCount,
            keyValueHeadCount: keyValueHeadCount,
            headDimension: headDimension,
            maximumPositionCount: maximumPositionCount,
            rmsNormEpsilon: try config.positiveNumber("rms_norm_eps"),
            activation: try activation(),
            rotaryEmbedding: try RotaryEmbeddingReader(config: config).rotaryEmbedding(),
            // LlamaConfig's default; PretrainedConfig's default is true.
            tiesWordEmbeddings: try config.boolean("tie_word_embeddings", default: false),
            attentionScale: 1 / Float(headDimension).squareRoot(),
            beginOfTextTokenID: try config.integers("bos_token_id", in: 0...vocabularySize - 1)?.first,
            endOfTextTokenIDs: try config.integers("eos_token_id", in: 0...vocabularySize - 1) ?? [],
            layers: Array(repeating: LayerConfiguration(), count: layerCount))
    }

    private func headDimension(hiddenSize: Int, attentionHeadCount: Int) throws(InputError) -> Int {
        let headDimension: Int
        if let explicit = try config.optionalInteger("head_dim", in: 1...ModelLimits.maximumHeadDimension) {
            headDimension = explicit
        } else {
            if hiddenSize % attentionHeadCount != 0 {
                throw config.error(
                    .configHeads, "num_attention_heads", found: "\(attentionHeadCount)",
                    required: "a divisor of hidden_size, \(hiddenSize), because head_dim is absent")
            }
            headDimension = hiddenSize / attentionHeadCount
            if headDimension > ModelLimits.maximumHeadDimension {
                throw config.error(
                    .configField, "num_attention_heads",
                    found: "\(attentionHeadCount), so that each head has \(headDimension) dimensions",
                    required: "at most \(ModelLimits.maximumHeadDimension) dimensions in a head")
            }
        }
        if headDimension % 2 != 0 {
            throw config.error(
                .configHeads, "head_dim", found: "\(headDimension)",
                required: "an even number, because rotary embeddings rotate pairs")
        }
        return headDimension
    }

    private func activation() throws(InputError) -> Activation {
        guard let name = try config.string("hidden_act") else {
            throw config.error(.configField, "hidden_act", found: "nothing", required: "the name of an activation")
        }
        switch name {
        case "silu", "swish": return .silu
        case "gelu_pytorch_tanh", "gelu_new", "gelu_fast": return .geluTanh
        default:
            throw config.error(
                .unsupportedConfigValue, "hidden_act", found: "\"\(name)\"", required: "silu or gelu_pytorch_tanh")
        }
    }

    private func refuseQuantized() throws(InputError) {
        if let fault = QuantizationRecord.fault(config.object, file: config.file) { throw fault }
    }
}

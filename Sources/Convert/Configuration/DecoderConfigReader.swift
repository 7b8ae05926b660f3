import SkipFiles
import SkipModel

/// Reads the fields that the configurations of all decoder families share, under their names in Transformers.
struct DecoderConfigReader {
    let config: ConfigReader
    /// The values of fields that are absent or null.
    let defaults: DecoderDefaults

    /// Returns the configuration from the common fields. The layers have no routers.
    func configuration(architecture: Architecture) throws(InputError) -> ModelConfiguration {
        try refuseQuantized()
        let hiddenSize = try config.integer("hidden_size", in: 1...ModelLimits.maximumHiddenSize)
        let attentionHeadCount = try config.integer("num_attention_heads", in: 1...ModelLimits.maximumHeadCount)
        let keyValueHeadCount =
            try config.optionalInteger("num_key_value_heads", in: 1...ModelLimits.maximumHeadCount)
            ?? config.defaulted("num_key_value_heads", to: attentionHeadCount)
        if attentionHeadCount % keyValueHeadCount != 0 {
            throw config.error(
                .configHeads, "num_key_value_heads", found: "\(keyValueHeadCount)",
                required: "a divisor of num_attention_heads, \(attentionHeadCount)")
        }
        let headDimension = try headDimension(hiddenSize: hiddenSize, attentionHeadCount: attentionHeadCount)
        let vocabularySize = try config.integer("vocab_size", in: 1...ModelLimits.maximumVocabularySize)
        let layerCount = try config.integer("num_hidden_layers", in: 1...ModelLimits.maximumLayerCount)
        let maximumPositionCount =
            try config.optionalInteger("max_position_embeddings", in: 1...ModelLimits.maximumPositionCount)
            ?? config.defaulted("max_position_embeddings", to: defaults.maximumPositionCount)
        let rotaryEmbedding = try RotaryEmbeddingReader(
            config: config, defaultTheta: defaults.rotaryTheta, maximumPositionCount: maximumPositionCount
        ).rotaryEmbedding()
        return ModelConfiguration(
            architecture: architecture,
            vocabularySize: vocabularySize,
            hiddenSize: hiddenSize,
            intermediateSize: try config.integer("intermediate_size", in: 1...ModelLimits.maximumIntermediateSize),
            attentionHeadCount: attentionHeadCount,
            keyValueHeadCount: keyValueHeadCount,
            headDimension: headDimension,
            maximumPositionCount: maximumPositionCount,
            rmsNormEpsilon: try config.optionalPositiveNumber("rms_norm_eps")
                ?? config.defaulted("rms_norm_eps", to: defaults.normEpsilon),
            activation: try activation(),
            rotaryEmbedding: rotaryEmbedding,
            tiesWordEmbeddings: try tiesWordEmbeddings(),
            attentionScale: 1 / Float(headDimension).squareRoot(),
            beginOfTextTokenID: try tokens("bos_token_id", vocabularySize, defaults.beginOfTextTokenID).first,
            endOfTextTokenIDs: try tokens("eos_token_id", vocabularySize, defaults.endOfTextTokenID),
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
        let name =
            try config.string("hidden_act").map(\.description)
            ?? config.defaulted("hidden_act", to: defaults.activation, defaults.activation)
        guard let activation = Activation(transformersName: name) else {
            throw config.error(
                .unsupportedConfigValue, "hidden_act", found: "\"\(name)\"", required: "silu or gelu_pytorch_tanh")
        }
        return activation
    }

    private func tiesWordEmbeddings() throws(InputError) -> Bool {
        if config.value("tie_word_embeddings") == nil {
            let value = defaults.tiesWordEmbeddings
            return config.defaulted("tie_word_embeddings", to: value, "\(value)")
        }
        return try config.boolean("tie_word_embeddings", default: false)
    }

    /// Returns the tokens of a field. Null means that there is no such token; only an absent field has the default.
    private func tokens(_ key: String, _ vocabularySize: Int, _ defaultToken: Int?) throws(InputError) -> [Int] {
        if let tokens = try config.integers(key, in: 0...vocabularySize - 1) { return tokens }
        guard config.object[ByteString(key)] == nil, let defaultToken, defaultToken < vocabularySize else { return [] }
        return [config.defaulted(key, to: defaultToken)]
    }

    private func refuseQuantized() throws(InputError) {
        if let fault = QuantizationRecord.fault(config.object, file: config.file) { throw fault }
    }
}

extension Activation {
    /// Nil for a name that is not one of these functions. Several names in Transformers are one function.
    init?(transformersName: String) {
        switch transformersName {
        case "silu", "swish": self = .silu
        case "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_accurate", "gelu_python_tanh": self = .geluTanh
        default: return nil
        }
    }
}

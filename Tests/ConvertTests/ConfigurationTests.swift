import SkipModel
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Defaults, and fields of `config.json` that are not read.
@Suite struct ConfigurationTests {
    /// Reads a tiny checkpoint whose configuration lacks some members and has others.
    private func read(
        without fields: [String] = [], with members: String = "", generation: String? = nil
    ) throws -> FrontEnd.Result {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.config = Self.config(checkpoint.config, without: fields, with: members)
        try checkpoint.write(to: directory)
        if let generation { try directory.write(generation, to: "generation_config.json") }
        return try FrontEnd(modelDirectory: directory.path).read()
    }

    static func config(_ text: String, without fields: [String], with members: String) -> String {
        var text = text
        for field in fields {
            guard let start = text.firstRange(of: "\"\(field)\": ") else { preconditionFailure("no field \(field)") }
            let rest = text[start.upperBound...]
            let end = rest.firstIndex { $0 == "," || $0 == "}" } ?? rest.endIndex
            text.replaceSubrange(start.lowerBound..<(text[end] == "," ? text.index(after: end) : end), with: "")
        }
        return members.isEmpty ? text : text.replacingFirst("{", with: "{\(members), ")
    }

    private func error(with members: String) -> InputError? {
        #expect(throws: InputError.self, "\(members)") { try read(with: members) }
    }

    @Test func aCompleteConfigurationHasNoNotes() throws {
        #expect(try read().configurationNotes.isEmpty)
    }

    @Test func documentedDefaultsAreUsedAndNoted() throws {
        let fields = [
            "num_key_value_heads", "hidden_act", "rms_norm_eps", "rope_theta", "max_position_embeddings",
            "tie_word_embeddings", "bos_token_id", "eos_token_id",
        ]
        #expect(throws: InputError.self) { try read(without: fields) }
        let result = try read(without: fields.filter { $0 != "num_key_value_heads" })
        let configuration = result.graph.configuration
        #expect(configuration.activation == .silu && configuration.rmsNormEpsilon == 1e-6)
        #expect(configuration.rotaryEmbedding == RotaryEmbedding(theta: 10_000))
        #expect(configuration.maximumPositionCount == 2048 && !configuration.tiesWordEmbeddings)
        #expect(configuration.beginOfTextTokenID == 1 && configuration.endOfTextTokenIDs == [2])
        #expect(
            Set(result.configurationNotes) == [
                .defaulted(field: "hidden_act", value: "silu", isNull: false),
                .defaulted(field: "rms_norm_eps", value: "1e-06", isNull: false),
                .defaulted(field: "rope_theta", value: "10000", isNull: false),
                .defaulted(field: "max_position_embeddings", value: "2048", isNull: false),
                .defaulted(field: "tie_word_embeddings", value: "false", isNull: false),
                .defaulted(field: "bos_token_id", value: "1", isNull: false),
                .defaulted(field: "eos_token_id", value: "2", isNull: false),
            ])
    }

    /// Null is absent, except for tokens, where it means that there is none.
    @Test func nullIsAbsent() throws {
        let result = try read(
            without: ["rope_theta", "eos_token_id"], with: #""rope_theta": null, "eos_token_id": null"#)
        #expect(result.configurationNotes == [.defaulted(field: "rope_theta", value: "10000", isNull: true)])
        #expect(result.graph.configuration.endOfTextTokenIDs.isEmpty)
    }

    @Test func generationConfigReplacesTheDefaultToken() throws {
        let result = try read(without: ["eos_token_id"], generation: #"{"eos_token_id": [5]}"#)
        #expect(result.configurationNotes.isEmpty && result.graph.configuration.endOfTextTokenIDs == [5])
    }

    // MARK: Rotary embeddings

    @Test(arguments: [
        // An empty section hides nothing.
        (
            #""rope_scaling": {}, "rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}"#,
            RotaryEmbedding(theta: 5e5), [ConfigurationNote]()
        ),
        (
            #""rope_theta": 7.0, "rope_scaling": {"rope_type": "linear", "factor": 2.0, "rope_theta": 5e5}"#,
            RotaryEmbedding(theta: 5e5, scaling: .linear(factor: 2)),
            [.replaced(field: "rope_theta", value: "7.0", winner: "rope_scaling.rope_theta")]
        ),
        (
            #""rope_scaling": {"type": "linear", "factor": 2.0}, "rope_parameters": {"rope_theta": 5e5}"#,
            RotaryEmbedding(theta: 10_000, scaling: .linear(factor: 2)),
            [
                .replaced(field: "rope_parameters", value: "an object", winner: "rope_scaling"),
                .defaulted(field: "rope_theta", value: "10000", isNull: false),
            ]
        ),
        (
            #""rope_theta": 5e5, "rope_scaling": {"type": "yarn", "rope_type": "linear", "factor": 2.0, "mscale": 1}"#,
            RotaryEmbedding(theta: 5e5, scaling: .linear(factor: 2)),
            [
                .replaced(field: "rope_scaling.type", value: "\"yarn\"", winner: "rope_scaling.rope_type"),
                .notUsed(field: "rope_scaling.mscale", value: "1", user: "rope type linear"),
            ]
        ),
        // Without a type, a factor has no effect.
        (
            #""rope_theta": 5e5, "rope_scaling": {"factor": 2.0}"#, RotaryEmbedding(theta: 5e5),
            [
                .defaulted(field: "rope_scaling.rope_type", value: "default", isNull: false),
                .notUsed(field: "rope_scaling.factor", value: "2.0", user: "rope type default"),
            ]
        ),
        (
            #""rope_theta": 5e5, "original_max_position_embeddings": 8"#, RotaryEmbedding(theta: 5e5),
            [.notUsed(field: "original_max_position_embeddings", value: "8", user: "rope type default")]
        ),
        // The configuration's own length is used before that of the section.
        (
            #""rope_theta": 5e5, "original_max_position_embeddings": 8, "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 16}"#,
            RotaryEmbedding(
                theta: 5e5,
                scaling: .llama3(
                    factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 8)),
            [
                .replaced(
                    field: "rope_scaling.original_max_position_embeddings", value: "16",
                    winner: "original_max_position_embeddings")
            ]
        ),
        (
            #""rope_theta": 5e5, "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}"#,
            RotaryEmbedding(
                theta: 5e5,
                scaling: .llama3(
                    factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 64)),
            [.defaulted(field: "rope_scaling.original_max_position_embeddings", value: "64", isNull: false)]
        ),
    ])
    func findsRotaryParameters(_ members: String, _ expected: RotaryEmbedding, _ notes: [ConfigurationNote]) throws {
        let result = try read(without: ["rope_theta"], with: members)
        #expect(result.graph.configuration.rotaryEmbedding == expected)
        #expect(result.configurationNotes == notes)
    }

    @Test(
        "CF-75: rotary parameters are not guessed",
        arguments: [
            (#""rope_scaling": {"rope_type": "linear"}"#, InputRule.configField),
            (#""rope_scaling": {"rope_type": "linear", "factor": null}"#, .configField),
            (#""rope_scaling": {"rope_type": "llama3", "factor": 8}"#, .configField),
            (#""rope_parameters": {"full_attention": {"rope_theta": 5e5}}"#, .unsupportedConfigValue),
            (#""partial_rotary_factor": 0.5"#, .unsupportedConfigValue),
            (#""rope_parameters": {"rope_theta": 5e5, "partial_rotary_factor": 0.5}"#, .unsupportedConfigValue),
        ])
    func refusesRotaryParameters(_ members: String, _ rule: InputRule) {
        #expect(error(with: members)?.rule == rule)
    }

    // MARK: Fields that are not read

    /// Reads a configuration alone, without tensors, and returns its notes.
    private func notes(without fields: [String] = [], with members: String) throws(InputError) -> [ConfigurationNote] {
        let text = Self.config(TinyCheckpoint().config, without: fields, with: members)
        let record = ConfigurationRecord()
        let config = ConfigReader(
            file: "config.json",
            object: try JSONFile.object(Array(text.utf8), file: "config.json", syntaxRule: .configSyntax),
            record: record)
        let family = LlamaFamily()
        _ = try CheckpointFamilies.family(config)
        let configuration = try family.configuration(config)
        _ = try family.biases(config, configuration)
        try UnreadFields(config: config, className: family.classNames[0], ignoredFields: family.ignoredFields)
            .check(configuration)
        return record.notes
    }

    @Test func everyMathematicalFieldIsRefusedAndNullIsNot() throws {
        for (field, neutral) in MathematicalFields.neutralValues {
            let other =
                switch neutral {
                case .on: "false"
                case .ones: "[1, 0]"
                case .words, .activation: "\"other\""
                default: "3.5"
                }
            #expect(try notes(with: "\"\(field)\": null").isEmpty, "\(field)")
            if LlamaFamily().ignoredFields.contains(field) {
                let note = ConfigurationNote.notUsed(field: "\(field)", value: "3.5", user: "LlamaForCausalLM")
                #expect(try notes(with: "\"\(field)\": 3.5") == [note])
                continue
            }
            // The base and the epsilon have other names in other programs, which matters only where Llama's are absent.
            let absent =
                switch neutral {
                case .rotaryTheta: ["rope_theta"]
                case .normEpsilon: ["rms_norm_eps"]
                default: [String]()
                }
            let error = #expect(throws: InputError.self, "\(field)") {
                try notes(without: absent, with: "\"\(field)\": \(other)")
            }
            #expect(error?.rule == .unsupportedConfigValue && error?.place == .field("\(field)"), "\(field)")
            if !absent.isEmpty { #expect(try notes(with: "\"\(field)\": \(other)").isEmpty) }
        }
    }

    @Test(arguments: [
        #""attn_logit_softcapping": 0"#, #""use_qk_norm": false"#, #""pruned_heads": {}"#, #""moe_config": []"#,
        #""logits_scaling": 1"#, #""attention_multiplier": 0.5"#, #""query_pre_attn_scalar": 4"#,
        #""dim_model_base": 8"#, #""scale_depth": 1.4142135"#, #""no_rope_layers": [1, true]"#,
        #""layer_types": ["full_attention", "full_attention"]"#, #""norm_type": "RMSNorm""#, #""is_causal": true"#,
        #""hidden_activation": "swish""#, #""activation": "swiglu""#, #""num_experts": 1"#,
        #""sliding_window": 64"#, #""sliding_window": 4, "use_sliding_window": false"#,
        #""rope_scaling_type": "none""#, #""rope_scaling_factor": 1.0"#,
    ])
    func neutralValuesAreAccepted(_ members: String) throws {
        #expect(try read(with: members).configurationNotes.isEmpty)
    }

    @Test("CF-77: code of the model is noted and not run") func otherFieldsAreNoted() throws {
        let result = try read(with: #""mystery": "abc", "auto_map": {"AutoModel": "x.Y"}, "unsloth_version": "1""#)
        #expect(
            result.configurationNotes == [.unknown(field: "mystery", value: "\"abc\""), .customCode(field: "auto_map")])
    }

    @Test func noFieldHasTwoMeanings() {
        let both = HarmlessFields.names.intersection(MathematicalFields.neutralValues.keys)
        #expect(both.isEmpty)
    }
}

import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// A model, or a model with an adapter, that breaks one rule. Its name begins with its case in
/// `specs/hostile-inputs.md`.
struct HostileModel: Sendable, CustomTestStringConvertible {
    let name: String
    /// The rule that it breaks, or nil if it is read.
    let rule: InputRule?
    let checkpoint: TinyCheckpoint
    var adapter: TinyAdapter?

    var testDescription: String { name }

    /// A checkpoint with one text of its configuration replaced.
    private static func config(_ name: String, _ rule: InputRule?, _ old: String, _ new: String) -> HostileModel {
        var checkpoint = TinyCheckpoint()
        precondition(checkpoint.config.contains(old), old)
        checkpoint.config = checkpoint.config.replacingFirst(old, with: new)
        return HostileModel(name: name, rule: rule, checkpoint: checkpoint)
    }

    /// A checkpoint with a member added to its configuration.
    private static func member(_ name: String, _ rule: InputRule?, _ member: String) -> HostileModel {
        config(name, rule, "{\"architectures\"", "{\(member), \"architectures\"")
    }

    private static func tensor(
        _ name: String, _ rule: InputRule?, _ change: (inout TinyCheckpoint) -> Void
    ) -> HostileModel {
        var checkpoint = TinyCheckpoint()
        change(&checkpoint)
        return HostileModel(name: name, rule: rule, checkpoint: checkpoint)
    }

    private static func adapter(
        _ name: String, _ rule: InputRule?, _ change: (inout TinyAdapter) -> Void
    ) -> HostileModel {
        var adapter = TinyAdapter()
        change(&adapter)
        return HostileModel(name: name, rule: rule, checkpoint: TinyCheckpoint(), adapter: adapter)
    }

    static let all = texts + numbers + structures + tensors + adapters

    private static let texts: [HostileModel] = [
        config("CF-69 a byte order mark", .configSyntax, "{\"architectures\"", "\u{FEFF}{\"architectures\""),
        config("CF-69 a comment", .configSyntax, "\"vocab_size\"", "/* tokens */ \"vocab_size\""),
        config("CF-69 Infinity", .configSyntax, "10000.0", "Infinity"),
        config("CF-69 a control character", .configSyntax, "\"silu\"", "\"silu\u{1}\""),
        config("CF-69 a lone surrogate", .configSyntax, "\"silu\"", "\"\\udc00\""),
        member("CF-69 100,000 levels", .configSyntax, "\"x\": " + String(repeating: "[", count: 100_000)),
        member("CF-69 100,000 objects", .configSyntax, "\"x\": " + String(repeating: "{\"x\":", count: 100_000)),
        member("CF-69 a composed and a decomposed key", nil, "\"\u{E9}\": 1, \"e\u{301}\": 2"),
        member("CF-70 the integer of model_max_length", nil, "\"model_max_length\": 1000000000000000019884624838656"),
        member("CF-70 an exponent that no float has", nil, "\"model_max_length\": 1e999999999999"),
        member("CF-77 code of the model", nil, #""auto_map": {"AutoModel": "m.py"}, "trust_remote_code": true"#),
        member("CF-77 a file of code", nil, #""model_file": "modeling.py", "custom_pipelines": {"x": {}}"#),
        member("CF-78 int4", .quantizedCheckpoint, #""quantization_config": {"bits": 4}"#),
    ]

    private static let numbers: [HostileModel] =
        ["-1", "1e3", "4096.5", "\"8\"", "true", "[8]", "null", "-0", "8.0", "9223372036854775808"].map {
            config("CF-71 hidden_size \($0)", .configField, "\"hidden_size\": 8", "\"hidden_size\": \($0)")
        }
        + ["0", "-1", "1e400", "-1e400", "\"10000\"", "true"].map {
            config(
                "CF-75 rope_theta \($0)", $0.hasPrefix("\"") || $0 == "true" ? .configField : .configValue, "10000.0",
                $0)
        }
        + ["-1e-05", "1e400", "0.0"].map { config("CF-75 rms_norm_eps \($0)", .configValue, "1e-05", $0) }
        + [
            config("CF-75 an epsilon in quotes", .configField, "1e-05", "\"1e-05\""),
            config("CF-75 a rotary factor of 0", .configValue, "\"rope_theta\": 10000.0", scaling("linear", "0")),
            config(
                "CF-75 an unknown rotary type", .unsupportedConfigValue, "\"rope_theta\": 10000.0", scaling("x", "2")),
        ]

    private static func scaling(_ type: String, _ factor: String) -> String {
        "\"rope_theta\": 10000.0, \"rope_scaling\": {\"rope_type\": \"\(type)\", \"factor\": \(factor)}"
    }

    private static let structures: [HostileModel] = [
        config("CF-72 more key-value heads than heads", .configHeads, "value_heads\": 1", "value_heads\": 4"),
        config("CF-72 no key-value heads", .configField, "value_heads\": 1", "value_heads\": 0"),
        config("CF-72 as many heads as columns", .configHeads, "attention_heads\": 2", "attention_heads\": 8"),
        config("CF-73 no layers", .configField, "hidden_layers\": 2", "hidden_layers\": 0"),
        config("CF-73 a layer too many", .configLayerCount, "hidden_layers\": 2", "hidden_layers\": 3"),
        config("CF-73 a layer too few", .tensorUnexpected, "hidden_layers\": 2", "hidden_layers\": 1"),
        config("CF-74 a row too few", .tensorShape, "\"vocab_size\": 16", "\"vocab_size\": 17"),
        config("CF-74 a row too many", .tensorShape, "\"vocab_size\": 16", "\"vocab_size\": 15"),
        config("TK-82 a begin of text out of the vocabulary", .configField, "bos_token_id\": 0", "bos_token_id\": 16"),
        config("TK-82 a negative end of text", .configField, "eos_token_id\": 1", "eos_token_id\": -1"),
        config("TK-82 one of several ends", .configField, "eos_token_id\": 1", "eos_token_id\": [1, 4294967296]"),
        tensor("TK-82 a default end that the vocabulary does not have", nil) { checkpoint in
            checkpoint.config = checkpoint.config
                .replacingFirst("\"vocab_size\": 16", with: "\"vocab_size\": 2")
                .replacingFirst(", \"eos_token_id\": 1", with: "")
            for name in ["model.embed_tokens.weight", "lm_head.weight"] {
                checkpoint.change(name) { $0 = TinyAdapter.random(name, [2, 8]) }
            }
        },
    ]

    private static let tensors: [HostileModel] = [
        tensor("CF-76 a transposed matrix", .tensorShape) {
            $0.change("model.layers.0.mlp.gate_proj.weight") { $0.shape = [8, 16] }
        },
        tensor("CF-76 a matrix in a row", .tensorShape) {
            $0.change("model.layers.0.mlp.gate_proj.weight") { $0.shape = [128] }
        },
        tensor("CF-76 a matrix with a dimension of 1", .tensorShape) {
            $0.change("model.layers.0.mlp.gate_proj.weight") { $0.shape = [1, 16, 8] }
        },
        tensor("CF-76 a norm that is a matrix", .tensorShape) {
            $0.change("model.norm.weight") { $0.shape = [8, 1] }
        },
        tensor("ST-15 a weight without elements", .tensorShape) {
            $0.change("model.norm.weight") { $0 = SafetensorsBuilder.float32($0.name, [0, 8], []) }
        },
        tensor("NU-105 weights of 64-bit integers", .tensorElementType) {
            $0.change("model.norm.weight") { tensor in
                tensor.dtype = "I64"
                tensor.bytes += tensor.bytes
            }
        },
        tensor("NU-105 weights of booleans", .tensorElementType) {
            $0.change("model.norm.weight") { tensor in
                tensor.dtype = "BOOL"
                tensor.bytes = [UInt8](repeating: 1, count: 8)
            }
        },
    ]

    private static let adapters: [HostileModel] =
        ["1e400", "-1e400", "true", "[4]", "Infinity"].map { value in
            adapter("LR-90 alpha \(value)", value == "Infinity" ? .adapterSyntax : .adapterField) {
                $0.set("lora_alpha", value)
            }
        }
        + ["4097", "9223372036854775808", "1e0", "null"].map { value in
            adapter("LR-90 rank \(value)", .adapterField) { $0.set("r", value) }
        }
        + [
            adapter("LR-90 a rank of tensors beyond the limit", .adapterShape) { adapter in
                adapter.set("target_modules", "[\"q_proj\"]")
                adapter.model.tensors.removeAll { !$0.name.contains("layers.0.self_attn.q_proj") }
                adapter.change("q_proj.lora_A") { $0 = TinyAdapter.random($0.name, [4_097, 8]) }
                adapter.change("q_proj.lora_B") { $0 = TinyAdapter.random($0.name, [8, 4_097]) }
            },
            adapter("LR-91 A and B of another base", .adapterShape) { adapter in
                adapter.change("q_proj.lora_A") { $0 = TinyAdapter.random($0.name, [2, 16]) }
                adapter.change("q_proj.lora_B") { $0 = TinyAdapter.random($0.name, [16, 2]) }
            },
            adapter("LR-91 factors with a dimension of experts", .adapterShape) { adapter in
                adapter.change("q_proj.lora_A") { $0 = TinyAdapter.random($0.name, [4, 2, 8]) }
                adapter.change("q_proj.lora_B") { $0 = TinyAdapter.random($0.name, [4, 8, 2]) }
            },
            adapter("LR-94 a module with A twice", .tensorDuplicate) { adapter in
                var copy = adapter.model.tensors[0]
                copy.name = "module." + copy.name
                adapter.model.tensors.append(copy)
            },
            adapter("LR-95 factors in bfloat16 and float64", nil) { adapter in
                adapter.change("q_proj.lora_A") { tensor in
                    tensor.dtype = "BF16"
                    tensor.bytes = [UInt8](repeating: 0, count: 2 * 16)
                }
                adapter.change("q_proj.lora_B") { tensor in
                    tensor.dtype = "F64"
                    tensor.bytes = [UInt8](repeating: 0, count: 8 * 16)
                }
            },
        ]
}

@Suite struct HostileModelTests {
    @Test(arguments: HostileModel.all) func breaksItsRule(_ model: HostileModel) throws {
        let directory = try TemporaryDirectory()
        try model.checkpoint.write(to: directory)
        try model.adapter?.write(to: directory)
        let frontEnd = FrontEnd(
            modelDirectory: directory.path, adapters: model.adapter == nil ? [] : [.init(path: directory.file("lora"))])
        var found: InputError?
        do throws(InputError) { _ = try frontEnd.read() } catch { found = error }
        #expect(found?.rule == model.rule, "\(String(describing: found))")
    }

    @Test("CF-69: a configuration of a gigabyte is refused by its size") func aHugeConfigurationIsRefused() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(String(repeating: "[", count: 1 << 16), to: "config.json")
        try directory.resize("config.json", to: 1 << 30)
        let error = #expect(throws: InputError.self) { try FrontEnd(modelDirectory: directory.path).read() }
        #expect(error?.rule == .jsonTooLarge)
    }
}

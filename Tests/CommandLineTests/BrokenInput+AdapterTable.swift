import Foundation
import TestSupport

extension BrokenInput {
    /// The tiny checkpoint with an adapter that is changed before it is written.
    private static func adapter(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String, scale: String = "",
        _ change: @escaping @Sendable (inout TinyAdapter) -> Void
    ) -> BrokenInput {
        var input = BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            try TinyCheckpoint().write(to: directory)
            var adapter = TinyAdapter()
            change(&adapter)
            try adapter.write(to: directory)
        }
        input.adapter = "lora" + scale
        return input
    }

    /// An adapter with one field of its configuration set.
    private static func field(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String? = nil, _ key: String, _ json: String
    ) -> BrokenInput {
        adapter(name, rule, status: status, mentions: mentions ?? "adapter_config.json: " + key) { $0.set(key, json) }
    }

    /// An adapter's directory whose files `change` changes.
    private static func directory(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String, adapter: String = "lora",
        _ change: @escaping @Sendable (TemporaryDirectory) throws -> Void
    ) -> BrokenInput {
        var input = BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            try TinyCheckpoint().write(to: directory)
            try TinyAdapter().write(to: directory)
            try change(directory)
        }
        input.adapter = adapter
        return input
    }

    static let adapters = adapterConfigurations + adapterTensors + adapterDirectories

    static let adapterConfigurations: [BrokenInput] = [
        field("rank 0", "LR-90", "r", "0"),
        field("negative rank", "LR-90", "r", "-2"),
        field("fractional rank", "LR-90", "r", "2.0"),
        field("rank in quotes", "LR-90", "r", "\"2\""),
        field("alpha 0", "LR-90", "lora_alpha", "0"),
        field("negative alpha", "LR-90", "lora_alpha", "-4"),
        field("alpha 1e38", "LR-90", "lora_alpha", "1e38"),
        field("alpha null", "LR-90", "lora_alpha", "null"),
        field("alpha NaN", "LR-90S", mentions: "adapter_config.json", "lora_alpha", "NaN"),
        field("rank of another adapter", "LR-90R", mentions: "lora_A.weight", "r", "4"),
        field(
            "rank pattern of another rank", "LR-90R", mentions: "layers.1.self_attn.q_proj.lora_A", "rank_pattern",
            "{\"layers.1.self_attn.q_proj\": 3}"),
        field(
            "rank pattern with a backreference", "LR-92", status: 6, mentions: "a backreference", "rank_pattern",
            #"{"(q)_\\1": 2}"#),
        field(
            "targets with a lookbehind", "LR-92", status: 6, mentions: "a lookbehind", "target_modules",
            #"".*(?<=q)_proj""#),
        field("targets that are a number", "LR-90", "target_modules", "7"),
        field("targets that are no names", "LR-90", "target_modules", "[1]"),
        field("targets that match no tensor", "LR-94N", mentions: "target_modules", "target_modules", "[\"o_proj\"]"),
        field("all layers excluded", "LR-94N", mentions: "target_modules", "exclude_modules", #"".*\\d+.*""#),
        field("no targets", "LR-94N", mentions: "target_modules", "target_modules", "[]"),
        field("layers_pattern without layers", "LR-92C", "layers_pattern", "\"layers\""),
        adapter("layers_to_transform with a string in target_modules", "LR-92C", mentions: "layers_to_transform") {
            $0.set("target_modules", "\".*q_proj\"")
            $0.set("layers_to_transform", "[0]")
        },
        adapter("layers_to_transform with many whole names", "LR-92", status: 6, mentions: "24 names") {
            let names = (0..<24).map { "\"layers.\($0).self_attn.q_proj\"" }.joined(separator: ", ")
            $0.set("target_modules", "[\(names)]")
            $0.set("layers_to_transform", "0")
        },
        adapter("patterns that take too long", "LR-92", status: 6, mentions: "steps to match") { adapter in
            let keys = (0..<200).map { "\"a{1000}b{1000}|\($0)\": 2" }.joined(separator: ", ")
            adapter.set("rank_pattern", "{\(keys)}")
        },
        adapter("a module that is adapted and saved", "LR-92C", mentions: "gate_proj.lora_A") { adapter in
            adapter.set("modules_to_save", "[\"_proj\"]")
            adapter.model.tensors.append(.zeros("base_model.model.model.layers.0.self_attn.k_proj.weight", [4, 8]))
        },
        field(
            "alpha pattern with alpha 0", "LR-90", mentions: "alpha_pattern.q_proj", "alpha_pattern", "{\"q_proj\": 0}"),
        field("another kind of adapter", "LR-92", status: 6, "peft_type", "\"LOHA\""),
        field("no kind of adapter", "LR-90", "peft_type", "null"),
        field("layer replication", "LR-92", status: 6, "layer_replication", "[[0, 1], [0, 2]]"),
        field("initialization that changes the base", "LR-92", status: 6, "init_lora_weights", "\"pissa_niter_16\""),
        field("field of a later version", "LR-92", status: 6, "use_something", "true"),
        field("trainable tokens", "LR-92", status: 6, "trainable_token_indices", "[1, 2]"),
        field("unknown bias", "LR-90", "bias", "\"some\""),
        field("use_rslora that is no boolean", "LR-90", "use_rslora", "\"yes\""),
        field("magnitudes that are not there", "LR-94", mentions: "lora_magnitude_vector", "use_dora", "true"),
        field(
            "saved module that is not there", "LR-94", mentions: "\"lm_head.weight\"", "modules_to_save",
            "[\"lm_head\"]"),
        field("saved modules that are no list", "LR-90", "modules_to_save", "\"lm_head\""),
        field("bias of B that is not there", "LR-94", mentions: "lora_B.bias", "lora_bias", "true"),
        field("configuration with a field twice", "LR-90S", mentions: "adapter_config.json", "x", "0, \"r\": 2"),
    ]

    static let adapterTensors: [BrokenInput] = [
        adapter("A without B", "LR-94", mentions: "layers.0.self_attn.q_proj.lora_A.weight") {
            $0.model.tensors.removeAll { $0.name.contains("layers.0.self_attn.q_proj.lora_B") }
        },
        adapter("B without A", "LR-94", mentions: "layers.1.mlp.gate_proj.lora_B.weight") {
            $0.model.tensors.removeAll { $0.name.contains("layers.1.mlp.gate_proj.lora_A") }
        },
        adapter("A of another width", "LR-91", mentions: "[8, 8]") {
            $0.change("q_proj.lora_A") { $0 = .zeros($0.name, [2, 4]) }
        },
        adapter("B of another rank", "LR-91", mentions: "2 columns") {
            $0.change("q_proj.lora_B") { $0 = .zeros($0.name, [8, 3]) }
        },
        adapter("A and B exchanged", "LR-91", mentions: "lora_B") { adapter in
            adapter.change("q_proj.lora_A") { $0 = .zeros($0.name, [8, 2]) }
            adapter.change("q_proj.lora_B") { $0 = .zeros($0.name, [2, 8]) }
            adapter.set("rank_pattern", "{\"layers.0.self_attn.q_proj\": 8}")
        },
        adapter("A with three dimensions", "LR-91", mentions: "two dimensions") {
            $0.change("q_proj.lora_A") { $0 = .zeros($0.name, [1, 2, 8]) }
        },
        adapter("rank 0 in the tensors", "LR-91", mentions: "a rank from 1") { adapter in
            adapter.change("q_proj.lora_A") { $0 = .zeros($0.name, [0, 8]) }
            adapter.change("q_proj.lora_B") { $0 = .zeros($0.name, [8, 0]) }
        },
        adapter("LR-91 module that the model does not have", "LR-94B", mentions: "experts.0.w1") { adapter in
            adapter.set("target_modules", "[\"q_proj\", \"gate_proj\", \"w1\"]")
            for part in ["A", "B"] {
                adapter.change("layers.0.mlp.gate_proj.lora_\(part)") {
                    $0.name = $0.name.replacingFirst("gate_proj", with: "experts.0.w1")
                }
            }
        },
        adapter("layer that the model does not have", "LR-94B", mentions: "model.layers.7") { adapter in
            for part in ["A", "B"] {
                adapter.change("layers.0.mlp.gate_proj.lora_\(part)") {
                    $0.name = $0.name.replacingFirst("layers.0", with: "layers.7")
                }
            }
        },
        adapter("weight that the model does not have", "LR-94B", mentions: "classifier.weight") {
            $0.model.tensors.append(.zeros("base_model.model.classifier.weight", [2, 8]))
        },
        adapter("LR-94 the same tensor under two names", "CF-76D", mentions: "_orig_mod") { adapter in
            var copy = adapter.model.tensors[0]
            copy.name = "_orig_mod." + copy.name
            adapter.model.tensors.append(copy)
        },
        adapter("two adapters in one file", "LR-92", status: 6, mentions: "one adapter in a file") { adapter in
            for index in adapter.model.tensors.indices {
                adapter.model.tensors[index].name = adapter.model.tensors[index].name.replacingFirst(
                    ".weight", with: index < 4 ? ".first.weight" : ".second.weight")
            }
        },
        adapter("part of an unknown kind", "LR-94P", mentions: "lora_diag") {
            $0.model.tensors.append(.zeros("base_model.model.model.layers.0.self_attn.q_proj.lora_diag", [2]))
        },
        adapter("magnitude without use_dora", "LR-92C", mentions: "lora_magnitude_vector") {
            $0.model.tensors.append(
                .zeros("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", [8]))
        },
        adapter("magnitudes on an embedding", "LR-92", status: 6, mentions: "DoRA on an embedding") { adapter in
            let name = "base_model.model.model.embed_tokens."
            adapter.set("use_dora", "true")
            adapter.set("target_modules", "[\"embed_tokens\"]")
            adapter.model.tensors = [
                .zeros(name + "lora_embedding_A", [2, 16]), .zeros(name + "lora_embedding_B", [8, 2]),
                .zeros(name + "lora_magnitude_vector", [8]),
            ]
        },
        adapter("saved module of another shape", "LR-91", mentions: "[16, 8]") {
            $0.model.tensors.append(.zeros("base_model.model.lm_head.weight", [17, 8]))
        },
        adapter("saved module with a scale", "LR-92", status: 6, mentions: "0.5", scale: ":0.5") { adapter in
            adapter.model.tensors.append(.zeros("base_model.model.lm_head.weight", [16, 8]))
            adapter.set("modules_to_save", "[\"lm_head\"]")
        },
        adapter("LR-95 integers", "NU-105", mentions: "I32") { $0.change("q_proj.lora_A") { $0.dtype = "I32" } },
        adapter("LR-97 NaN in B", "NU-98", mentions: "row 1, column 0") {
            $0.change("q_proj.lora_B") {
                $0.bytes.replaceSubrange(8..<12, with: littleEndian(Float.nan.bitPattern))
            }
        },
        adapter("overflow in the product", "LR-97", mentions: "row 3, column") {
            $0.change("gate_proj.lora_B") { tensor in
                for offset in [24, 28] {
                    tensor.bytes.replaceSubrange(
                        offset..<offset + 4, with: littleEndian(Float.greatestFiniteMagnitude.bitPattern))
                }
            }
        },
        adapter("no tensors at all", "LR-94E", mentions: "adapter_model.safetensors") { $0.model.tensors = [] },
    ]

    static let adapterDirectories: [BrokenInput] = [
        directory("adapter that does not exist", "SY-116", status: 4, mentions: "missing", adapter: "missing") { _ in },
        directory("adapter without its configuration", "FM-36", mentions: "adapter_model.safetensors") {
            directory in
            try FileManager.default.removeItem(atPath: directory.file("lora/adapter_config.json"))
        },
        directory("adapter without its tensors", "FM-35", mentions: "lora: an adapter's directory") { directory in
            try FileManager.default.removeItem(atPath: directory.file("lora/adapter_model.safetensors"))
        },
        directory("LR-96 the checkpoint's own directory as the adapter", "FM-33", mentions: "a model", adapter: "") {
            _ in
        },
        directory("adapter directory with other files", "LR-96", mentions: "adapter_model", adapter: "notes") {
            directory in
            try directory.makeDirectory("notes")
            try directory.write("text", to: "notes/README.md")
        },
        directory("bare tensors without an alpha", "LR-90A", mentions: "bare.safetensors", adapter: "bare.safetensors")
        {
            try $0.write(TinyAdapter().model.file, to: "bare.safetensors")
        },
        directory("bare file of routers", "FM-34", mentions: "bare.safetensors", adapter: "bare.safetensors") {
            try $0.write(TinyCheckpoint().routers.file, to: "bare.safetensors")
        },
        directory("LR-96 torch file that is none", "ZP-45", status: 6, mentions: "bare.bin", adapter: "bare.bin") {
            try $0.write([0xFF, 0xFE, 0xFD], to: "bare.bin")
        },
        directory("cut tensors", "ST-18", mentions: "adapter_model.safetensors") { directory in
            try directory.write(TinyAdapter().model.file.dropLast(4), to: "lora/adapter_model.safetensors")
        },
    ]
}

extension SafetensorsBuilder.Tensor {
    fileprivate static func zeros(_ name: String, _ shape: [Int]) -> Self {
        SafetensorsBuilder.float32(name, shape, [Float](repeating: 0, count: shape.reduce(1, *)))
    }
}

import Foundation
import TestSupport

extension BrokenInput {
    static let configurations: [BrokenInput] = [
        .config(
            "trailing comma", "CF-69", replace: "\"torch_dtype\": \"float32\"", with: "\"torch_dtype\": \"float32\","),
        .config("field twice", "CF-69", replace: "\"vocab_size\": 16", with: "\"vocab_size\": 16, \"vocab_size\": 16"),
        .config("CF-75 NaN", "CF-69", replace: "1e-05", with: "NaN"),
        .config(
            "hidden_size 0", "CF-71", mentions: "hidden_size", replace: "\"hidden_size\": 8", with: "\"hidden_size\": 0"
        ),
        .config(
            "hidden_size in quotes", "CF-71", mentions: "hidden_size", replace: "\"hidden_size\": 8",
            with: "\"hidden_size\": \"8\""),
        .config(
            "hidden_size 2^31", "CF-71", mentions: "hidden_size", replace: "\"hidden_size\": 8",
            with: "\"hidden_size\": 2147483648"),
        .config("hidden_size missing", "CF-71", mentions: "hidden_size", replace: "\"hidden_size\": 8,", with: ""),
        .config(
            "CF-72 no attention heads", "CF-71", mentions: "num_attention_heads", replace: "\"num_attention_heads\": 2",
            with: "\"num_attention_heads\": 0"),
        .config(
            "heads that do not divide the width", "CF-72", mentions: "num_attention_heads",
            replace: "\"num_attention_heads\": 2", with: "\"num_attention_heads\": 3"),
        .config(
            "key-value heads that do not divide the heads", "CF-72", mentions: "num_key_value_heads",
            replace: "\"num_key_value_heads\": 1", with: "\"num_key_value_heads\": 3"),
        .config(
            "odd head_dim", "CF-72", mentions: "head_dim", replace: "\"hidden_act\"",
            with: "\"head_dim\": 3, \"hidden_act\""),
        .config(
            "more layers than tensors", "CF-73", mentions: "num_hidden_layers", replace: "\"num_hidden_layers\": 2",
            with: "\"num_hidden_layers\": 4096"),
        .config(
            "CF-73 2^31 layers", "CF-71", mentions: "num_hidden_layers", replace: "\"num_hidden_layers\": 2",
            with: "\"num_hidden_layers\": 2147483648"),
        .config(
            "CF-76 fewer layers than tensors", "RT-02", mentions: "model.layers.1", replace: "\"num_hidden_layers\": 2",
            with: "\"num_hidden_layers\": 1"),
        .config("rms_norm_eps 0", "CF-75", mentions: "rms_norm_eps", replace: "1e-05", with: "0"),
        .config(
            "rope_theta 1e400", "CF-75", mentions: "rope_theta", replace: "\"rope_theta\": 10000.0",
            with: "\"rope_theta\": 1e400"),
        .config("unknown architecture", "CF-75A", status: 6, replace: "LlamaForCausalLM", with: "MambaForCausalLM"),
        .config("unknown activation", "CF-75U", status: 6, mentions: "hidden_act", replace: "silu", with: "mish"),
        .config(
            "unknown rope type", "CF-75U", status: 6, mentions: "rope_scaling", replace: "\"rope_theta\": 10000.0",
            with: "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2.0}"),
        .config(
            "quantized checkpoint", "CF-78", status: 6, mentions: "quantization_config", replace: "\"hidden_act\"",
            with: "\"quantization_config\": {\"quant_method\": \"gptq\"}, \"hidden_act\""),
        .config(
            "TK-82 end of text outside of the vocabulary", "CF-71", mentions: "eos_token_id",
            replace: "\"eos_token_id\": 1",
            with: "\"eos_token_id\": 16"),
        BrokenInput("CF-74 tokenizer with more tokens than the embedding", "CF-74", mentions: "tokenizer.json") {
            directory in
            try TinyCheckpoint().write(to: directory)
            try FileManager.default.copyItem(
                atPath: RepositoryPaths.bard + "/tokenizer.json", toPath: directory.file("tokenizer.json"))
        },
        .config("config that is a list", "CF-69", replace: "{\"architectures\"", with: "[{\"architectures\""),
    ]

    static let tensors: [BrokenInput] = [
        .checkpoint("missing tensor", "CF-76M", mentions: "model.norm.weight") { checkpoint in
            checkpoint.model.tensors.removeAll { $0.name == "model.norm.weight" }
        },
        .checkpoint("missing head", "CF-76M", mentions: "lm_head.weight") { checkpoint in
            checkpoint.model.tensors.removeAll { $0.name == "lm_head.weight" }
        },
        .checkpoint("unknown tensor", "CF-76X", mentions: "model.layers.0.self_attn.g_proj.weight") { checkpoint in
            checkpoint.model.tensors.append(
                SafetensorsBuilder.float32("model.layers.0.self_attn.g_proj.weight", [1], [1]))
        },
        .checkpoint("bias that the configuration does not have", "CF-76X", mentions: "q_proj.bias") { checkpoint in
            checkpoint.model.tensors.append(
                SafetensorsBuilder.float32(
                    "model.layers.0.self_attn.q_proj.bias", [8], [Float](repeating: 0, count: 8)))
        },
        .checkpoint("wrong shape", "CF-76S", mentions: "down_proj") { checkpoint in
            checkpoint.change("model.layers.1.mlp.down_proj.weight") { $0.shape = [16, 8] }
        },
        .checkpoint("integer weights", "NU-105", mentions: "q_proj") { checkpoint in
            checkpoint.change("model.layers.0.self_attn.q_proj.weight") { $0.dtype = "I32" }
        },
        .checkpoint("NaN among the weights", "NU-98", mentions: "row 1, column 2") { checkpoint in
            checkpoint.change("model.layers.0.mlp.up_proj.weight") {
                $0.bytes.replaceSubrange(40..<44, with: littleEndian(Float.nan.bitPattern))
            }
        },
        .checkpoint("float64 that float32 cannot hold", "NU-99W", mentions: "row 1, column 2") { checkpoint in
            checkpoint.change("model.layers.0.mlp.up_proj.weight") { tensor in
                tensor.dtype = "F64"
                tensor.bytes = (0..<16 * 8).flatMap { littleEndian(($0 == 10 ? 1e39 : 1.0).bitPattern) }
            }
        },
        .checkpoint("infinity in a norm", "NU-98", mentions: "model.norm.weight") { checkpoint in
            checkpoint.change("model.norm.weight") {
                $0.bytes.replaceSubrange(0..<4, with: littleEndian(Float.infinity.bitPattern))
            }
        },
    ]

    static let routers: [BrokenInput] = [
        .checkpoint("router without its weight", "RT-01", mentions: "router_mlp.weight_predictor.bias") { checkpoint in
            checkpoint.routers.tensors.removeAll { $0.name == "model.layers.1.router_mlp.weight_predictor.weight" }
        },
        .checkpoint("router for a layer that is not there", "RT-02", mentions: "model.layers.7") { checkpoint in
            checkpoint.routers.tensors[0].name = "model.layers.7.router_attention.weight_predictor.weight"
        },
        .checkpoint("router of an unknown kind", "RT-03", mentions: "router_mlp.conv.weight") { checkpoint in
            checkpoint.routers.tensors[0].name = "model.layers.0.router_mlp.conv.weight"
        },
        .checkpoint("routers of another width", "CF-76S", mentions: "[2, 8]") { checkpoint in
            checkpoint.routers.tensors[0].shape = [4, 4]
        },
        .checkpoint("no routers in the file", "RT-04", mentions: "routers.safetensors") { checkpoint in
            checkpoint.routers.tensors = [SafetensorsBuilder.float32("other", [1], [1])]
        },
        .checkpoint("the same router under two prefixes", "CF-76D", mentions: "module.model.layers.0") { checkpoint in
            var copy = checkpoint.routers.tensors[0]
            copy.name = "module." + copy.name
            checkpoint.routers.tensors.append(copy)
        },
        .checkpoint("routers in the checkpoint and beside it", "RT-05", mentions: "routers.safetensors") { checkpoint in
            checkpoint.model.tensors += checkpoint.routers.tensors
        },
    ]
}

/// A LoRA adapter for `TinyCheckpoint` in PEFT's form: rank 2 on the query and gate projections of both layers.
public struct TinyAdapter: Sendable {
    public static let rank = 2
    public static let alpha = 4.0

    /// Fields of `adapter_config.json`, as JSON.
    public var fields: [(key: String, json: String)]
    public var model: SafetensorsBuilder

    public init(seed: UInt64 = 9) {
        fields = [
            ("peft_type", "\"LORA\""), ("r", "2"), ("lora_alpha", "4"),
            ("target_modules", "[\"q_proj\", \"gate_proj\"]"),
            ("use_rslora", "false"), ("use_dora", "false"), ("bias", "\"none\""), ("modules_to_save", "null"),
            ("rank_pattern", "{}"), ("alpha_pattern", "{}"), ("layers_to_transform", "null"),
            ("base_model_name_or_path", "\"tiny\""), ("fan_in_fan_out", "false"), ("init_lora_weights", "true"),
        ]
        model = SafetensorsBuilder()
        var random = SplitMix64(seed: seed)
        for layer in 0..<TinyCheckpoint.layerCount {
            let prefix = "base_model.model.model.layers.\(layer)."
            for (module, outputs) in [("self_attn.q_proj", 8), ("mlp.gate_proj", 16)] {
                model.tensors.append(Self.random(prefix + module + ".lora_A.weight", [2, 8], &random))
                model.tensors.append(Self.random(prefix + module + ".lora_B.weight", [outputs, 2], &random))
            }
        }
    }

    /// A float32 tensor of numbers between −1 and 1.
    public static func random(_ name: String, _ shape: [Int], _ random: inout SplitMix64) -> SafetensorsBuilder.Tensor {
        SafetensorsBuilder.float32(name, shape, (0..<shape.reduce(1, *)).map { _ in random.nextFloat() })
    }

    /// A float32 tensor of numbers between −1 and 1, drawn from the name.
    public static func random(_ name: String, _ shape: [Int]) -> SafetensorsBuilder.Tensor {
        var generator = SplitMix64(seed: name.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        return random(name, shape, &generator)
    }

    public var config: String {
        "{" + fields.map { "\"\($0.key)\": \($0.json)" }.joined(separator: ", ") + "}"
    }

    /// Sets a field of `adapter_config.json`, or adds it.
    public mutating func set(_ key: String, _ json: String) {
        fields.removeAll { $0.key == key }
        fields.append((key, json))
    }

    /// Changes the first tensor whose name contains `part`.
    public mutating func change(_ part: String, _ body: (inout SafetensorsBuilder.Tensor) -> Void) {
        guard let index = model.tensors.firstIndex(where: { $0.name.contains(part) }) else {
            preconditionFailure("no tensor \(part)")
        }
        body(&model.tensors[index])
    }

    /// Writes the directory `name`.
    public func write(to directory: TemporaryDirectory, _ name: String = "lora") throws {
        try directory.makeDirectory(name)
        try directory.write(config, to: name + "/adapter_config.json")
        try directory.write(model.file, to: name + "/adapter_model.safetensors")
    }

    /// The tensors under the names of PEFT's full state: `….lora_A.default.weight`.
    public var fullStateTensors: [SafetensorsBuilder.Tensor] {
        model.tensors.map { tensor in
            var tensor = tensor
            for part in ["lora_A", "lora_B"] {
                tensor.name = tensor.name.replacingFirst(".\(part).weight", with: ".\(part).default.weight")
            }
            return tensor
        }
    }
}

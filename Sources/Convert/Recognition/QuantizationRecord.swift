import SkipFiles

/// What `config.json` or a file beside it says about the quantization of a checkpoint.
struct QuantizationRecord {
    /// Method, bits and group size: `GPTQ, 4 bits, groups of 128`.
    let description: String

    /// The fields of `config.json` that describe a quantization. Only `quantization_config` alone decides that a
    /// checkpoint is quantized, because others remain in checkpoints with float weights.
    private static let fields = ["quantization_config", "quantization", "compression_config"]

    /// Files that describe a quantization, with the method that they belong to.
    private static let sidecars: [(name: String, method: QuantizationMethod)] = [
        ("quantize_config.json", .gptq), ("quant_config.json", .awq), ("hf_quant_config.json", .modelOpt),
        ("quantization_config.json", .unnamed),
    ]

    private init(_ object: JSONObject, assuming assumed: QuantizationMethod?) {
        // ModelOpt writes a section below the producer.
        var section = object
        if case .object(let nested)? = object["quantization"] { section = nested }
        var parts = [Self.methodName(section, assuming: assumed)]
        if let bits = Self.bits(section) { parts.append("\(bits) bits") }
        if let size = Self.integer(section, ["group_size", "q_group_size"]), size > 0 {
            parts.append("groups of \(size)")
        }
        description = parts.joined(separator: ", ")
    }

    /// Returns the error of a configuration with `quantization_config`; nil for a float checkpoint.
    static func fault(_ config: JSONObject, file: String) -> InputError? {
        guard let value = config["quantization_config"], value != .null else { return nil }
        let found =
            if case .object(let object) = value { Self(object, assuming: nil).description } else { value.kindName }
        return InputError(.quantizedCheckpoint, file: file, at: .field("quantization_config"), found: found)
    }

    /// Returns what the configuration in a directory or a file beside it says; nil if neither says anything. It is asked
    /// only if the names of tensors show a quantization.
    static func beside(_ directory: String, method: QuantizationMethod) -> QuantizationRecord? {
        let assumed = method == .unnamed ? nil : method
        if let config = try? JSONFile.object(directory + "/config.json", syntaxRule: .configSyntax) {
            for field in fields {
                if case .object(let object)? = config[ByteString(field)] { return Self(object, assuming: assumed) }
            }
        }
        return inFile(of: directory, assuming: assumed)
    }

    /// Returns what a file in a directory other than `config.json` says; nil if there is none.
    static func inFile(of directory: String, assuming assumed: QuantizationMethod? = nil) -> QuantizationRecord? {
        for (name, usual) in sidecars {
            if let object = try? JSONFile.object(directory + "/" + name, syntaxRule: .configSyntax) {
                return Self(object, assuming: assumed ?? usual)
            }
        }
        return nil
    }

    // MARK: Fields

    private static func methodName(_ object: JSONObject, assuming assumed: QuantizationMethod?) -> String {
        for key: ByteString in ["quant_method", "quant_algo", "format", "mode"] {
            guard case .string(let name)? = object[key] else { continue }
            let lowercased = name.description.lowercased()
            let known = QuantizationMethod.allCases.first { $0.configurationNames.contains(lowercased) }
            if let known { return known.displayName }
            if let assumed, assumed != .unnamed { return "\(assumed.displayName) (\(name))" }
            return "\"\(name)\""
        }
        if let assumed { return assumed.displayName }
        let isBitsandbytes = object["load_in_4bit"] != nil || object["load_in_8bit"] != nil
        return (isBitsandbytes ? QuantizationMethod.bitsandbytes : .unnamed).displayName
    }

    private static func bits(_ object: JSONObject) -> Int? {
        if object["load_in_4bit"] == .bool(true) { return 4 }
        if object["load_in_8bit"] == .bool(true) { return 8 }
        return integer(object, ["bits", "w_bit", "nbits", "weight_bits", "num_bits"])
    }

    private static func integer(_ object: JSONObject, _ keys: [String]) -> Int? {
        for key in keys {
            if case .number(let number)? = object[ByteString(key)], let integer = number.integer { return integer }
        }
        return nil
    }
}

import SkipFiles
import SkipModel

/// Reads `adapter_config.json` as PEFT writes it, and refuses whatever would change the mathematics and is not done here.
struct AdapterConfigurationReader {
    private let config: ConfigReader

    static func read(_ path: String) throws(InputError) -> AdapterConfiguration {
        let object = try JSONFile.object(path, syntaxRule: .adapterSyntax)
        return try AdapterConfigurationReader(
            config: ConfigReader(file: path, object: object, fieldRule: .adapterField)
        ).read()
    }

    private func read() throws(InputError) -> AdapterConfiguration {
        try refuseOtherKinds()
        try refuseUnsupportedFields()
        try refuseChangedBase()
        try checkBias()
        return AdapterConfiguration(
            rank: try config.integer("r", in: 1...AdapterLimits.maximumRank),
            alpha: try alpha(config.value("lora_alpha"), "lora_alpha"),
            usesRankStabilizedScale: try config.boolean("use_rslora", default: false),
            usesMagnitudes: try config.boolean("use_dora", default: false),
            addsToBiases: try config.boolean("lora_bias", default: false),
            rankPattern: try rankPattern(),
            alphaPattern: try alphaPattern(),
            layers: try config.integers("layers_to_transform", in: 0...ModelLimits.maximumLayerCount - 1).map(Set.init),
            savedModules: try savedModules(),
            keepsWeightsTied: try config.boolean("ensure_weight_tying", default: false),
            baseModelName: try config.string("base_model_name_or_path"))
    }

    // MARK: What is refused

    /// Fields that say nothing about a merge: what was targeted follows from the tensors.
    private static let irrelevantFields: Set<ByteString> = [
        "auto_mapping", "base_model_name_or_path", "corda_config", "ensure_weight_tying", "eva_config",
        "exclude_modules", "inference_mode", "layers_pattern", "loftq_config", "lora_dropout", "lora_ga_config",
        "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config", "target_modules",
        "task_type", "velora_config",
        // PEFT resets it for every Linear layer, the only kind that these models have.
        "fan_in_fan_out",
    ]

    /// Fields that are read.
    private static let usedFields: Set<ByteString> = [
        "alpha_pattern", "bias", "init_lora_weights", "layers_to_transform", "lora_alpha", "lora_bias",
        "modules_to_save", "peft_type", "r", "rank_pattern", "use_dora", "use_rslora",
    ]

    private func refuseOtherKinds() throws(InputError) {
        guard let kind = try config.string("peft_type") else {
            throw config.error(.adapterField, "peft_type", found: "nothing", required: "\"LORA\"")
        }
        if kind != "LORA" {
            throw config.error(.adapterUnsupported, "peft_type", found: "\"\(kind)\"", required: "\"LORA\"")
        }
    }

    /// A field that is neither known to be irrelevant nor read must be off: another kind of adapter, or a later version.
    private func refuseUnsupportedFields() throws(InputError) {
        for member in config.object.members
        where !Self.irrelevantFields.contains(member.key) && !Self.usedFields.contains(member.key) {
            let isOff =
                switch member.value {
                case .null, .bool(false): true
                case .array(let values): values.isEmpty
                case .object(let object): object.members.isEmpty
                default: false
                }
            if !isOff {
                throw config.error(
                    .adapterUnsupported, "\(member.key)", found: member.value.kindName, required: "null or false")
            }
        }
    }

    /// Initializations that take something out of the base weights: the adapter then fits other weights than the base's.
    private func refuseChangedBase() throws(InputError) {
        switch config.value("init_lora_weights") {
        case nil, .bool: return
        case .string("gaussian"), .string("eva"), .string("orthogonal"), .string("mica"): return
        case .string(let name):
            throw config.error(
                .adapterUnsupported, "init_lora_weights", found: "\"\(name)\", which changes the base weights",
                required: "an adapter saved with path_initial_model_for_weight_conversion")
        case .some(let value):
            throw config.error(
                .adapterField, "init_lora_weights", found: value.kindName, required: "a boolean or a string")
        }
    }

    /// Biases that were trained stand in the file; where they do not, there is nothing to do.
    private func checkBias() throws(InputError) {
        switch try config.string("bias") ?? "none" {
        case "none", "all", "lora_only": return
        case let other:
            throw config.error(.adapterField, "bias", found: "\"\(other)\"", required: "none, all or lora_only")
        }
    }

    // MARK: Numbers and lists

    private func alpha(_ value: JSONValue?, _ key: String) throws(InputError) -> Double {
        let required = "a number above 0, at most \(Int(AdapterLimits.maximumAlpha))"
        guard case .number(let number)? = value else {
            throw config.error(.adapterField, key, found: value?.kindName ?? "nothing", required: required)
        }
        guard let alpha = number.double, alpha > 0, alpha <= AdapterLimits.maximumAlpha else {
            throw config.error(.adapterField, key, found: String(number.lexeme.prefix(40)), required: required)
        }
        return alpha
    }

    private func rankPattern() throws(InputError) -> [(module: ModulePattern, rank: Int)] {
        guard let section = try config.section("rank_pattern") else { return [] }
        var pattern: [(module: ModulePattern, rank: Int)] = []
        for member in section.object.members {
            let module = try self.pattern(member.key, of: section)
            pattern.append((module, try section.integer("\(member.key)", in: 1...AdapterLimits.maximumRank)))
        }
        return pattern
    }

    private func alphaPattern() throws(InputError) -> [(module: ModulePattern, alpha: Double)] {
        guard let section = try config.section("alpha_pattern") else { return [] }
        var pattern: [(module: ModulePattern, alpha: Double)] = []
        for member in section.object.members {
            let module = try self.pattern(member.key, of: section)
            pattern.append((module, try alpha(member.value, section.path + "\(member.key)")))
        }
        return pattern
    }

    private func pattern(_ key: ByteString, of section: ConfigReader) throws(InputError) -> ModulePattern {
        guard let pattern = ModulePattern(key) else {
            throw section.error(
                .adapterUnsupported, "\(key)", found: "a regular expression",
                required: "the name of a module, or its end")
        }
        return pattern
    }

    private func savedModules() throws(InputError) -> [ByteString] {
        guard let value = config.value("modules_to_save") else { return [] }
        guard case .array(let values) = value else {
            throw config.error(.adapterField, "modules_to_save", found: value.kindName, required: "a list of names")
        }
        if values.count > AdapterLimits.maximumSavedModuleCount {
            throw config.error(
                .adapterField, "modules_to_save", found: "\(values.count) names",
                required: "at most \(AdapterLimits.maximumSavedModuleCount)")
        }
        var names: [ByteString] = []
        for value in values {
            guard case .string(let name) = value, !name.bytes.isEmpty else {
                throw config.error(
                    .adapterField, "modules_to_save", found: value.kindName, required: "names of modules")
            }
            names.append(TrainingName(name).canonical)
        }
        return names
    }
}

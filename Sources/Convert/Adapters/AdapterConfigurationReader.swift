import SkipFiles
import SkipModel

/// Reads `adapter_config.json` as PEFT writes it. Fields that change the result of a merge in an unsupported way are
/// refused.
struct AdapterConfigurationReader {
    private let config: ConfigReader

    /// Reads the file at `path`.
    static func read(_ path: String) throws(InputError) -> AdapterConfiguration {
        let object = try RecognizedJSON.object(path, syntaxRule: .adapterSyntax)
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
            rank: isAbsent("r") ? Self.assumedRank : try config.integer("r", in: 1...AdapterLimits.maximumRank),
            alpha: isAbsent("lora_alpha")
                ? Self.assumedAlpha : try alpha(config.value("lora_alpha"), "lora_alpha"),
            usesRankStabilizedScale: try config.boolean("use_rslora", default: false),
            usesMagnitudes: try config.boolean("use_dora", default: false),
            addsToBiases: try config.boolean("lora_bias", default: false),
            rankPattern: try rankPattern(),
            alphaPattern: try alphaPattern(),
            targets: try TargetRuleReader(config: config).read(),
            savedModules: try savedModules(),
            keepsWeightsTied: try config.boolean("ensure_weight_tying", default: false),
            baseModelName: try config.string("base_model_name_or_path"),
            assumptions: assumptions)
    }

    // MARK: Absent fields

    /// PEFT's defaults, which it does not apply to null.
    private static let assumedRank = 8
    private static let assumedAlpha = 8.0

    private func isAbsent(_ key: ByteString) -> Bool { config.object[key] == nil }

    private var assumptions: [String] {
        var assumptions: [String] = []
        if isAbsent("r") { assumptions.append("r = \(Self.assumedRank)") }
        if isAbsent("lora_alpha") { assumptions.append("lora_alpha = \(Int(Self.assumedAlpha))") }
        if config.value("target_modules") == nil {
            assumptions.append("target_modules = \(TargetRuleReader.assumedTargets.map(\.description).sorted())")
        }
        return assumptions
    }

    // MARK: Unsupported fields

    /// Fields that do not affect a merge.
    private static let irrelevantFields: Set<ByteString> = [
        "auto_mapping", "corda_config", "eva_config", "inference_mode", "loftq_config", "lora_dropout",
        "lora_ga_config", "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config",
        "task_type", "velora_config",
        // PEFT resets it for Linear layers, and these models have no others.
        "fan_in_fan_out",
    ]

    /// Fields that are read.
    private static let usedFields: Set<ByteString> = [
        "alpha_pattern", "base_model_name_or_path", "bias", "ensure_weight_tying", "exclude_modules",
        "init_lora_weights", "layers_pattern", "layers_to_transform", "lora_alpha", "lora_bias", "modules_to_save",
        "peft_type", "r", "rank_pattern", "target_modules", "use_dora", "use_rslora",
    ]

    private func refuseOtherKinds() throws(InputError) {
        guard let kind = try config.string("peft_type") else {
            throw config.error(.adapterField, "peft_type", found: "nothing", required: "\"LORA\"")
        }
        if kind != "LORA" {
            throw config.error(.adapterUnsupported, "peft_type", found: "\"\(kind)\"", required: "\"LORA\"")
        }
    }

    /// Refuses fields that are neither irrelevant nor read, unless they are off. They belong to other kinds of adapters
    /// or to later versions of PEFT.
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

    /// Refuses initializations that change the base weights, because the adapter then does not fit the original ones.
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

    /// Checks the value of `bias`. Trained biases are tensors in the file, so the value itself is not used.
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
        guard case .number(let number)? = value, let alpha = number.double, alpha > 0,
            alpha <= AdapterLimits.maximumAlpha
        else { throw config.error(.adapterField, key, found: value?.shortText ?? "nothing", required: required) }
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
        do throws(RegularExpression.Refusal) {
            return try ModulePattern(key)
        } catch {
            throw AdapterPatterns.refused(key, error, section, "\(key)")
        }
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

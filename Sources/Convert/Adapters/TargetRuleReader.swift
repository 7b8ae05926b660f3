import SkipFiles
import SkipModel

/// Reads the fields of `adapter_config.json` that decide which modules are adapted.
struct TargetRuleReader {
    let config: ConfigReader

    /// What PEFT assumes without `target_modules` for every family that is supported here and that it knows.
    static let assumedTargets: Set<ByteString> = ["q_proj", "v_proj"]
    /// PEFT shortens a list from this length on, and then does not find whole names in it.
    private static let shortenedListCount = 20
    /// The expression that finds a layer's number if there is no `layers_pattern`.
    private static let layersExpression: ByteString = #".*?\.[^.]*\.(?P<idx>\d+)\."#

    func read() throws(InputError) -> TargetRule {
        let targets = try names("target_modules")
        let layers = try layers(targets)
        return TargetRule(
            targets: targets ?? .listed(Self.assumedTargets), excluded: try excluded(), saved: try saved(),
            layers: layers)
    }

    /// Reads a string, which is an expression for the whole name, or a list of names. Returns nil if the field is
    /// absent.
    private func names(_ key: String) throws(InputError) -> TargetRule.Names? {
        switch config.value(key) {
        case nil: return nil
        case .string(let pattern):
            if key == "target_modules" {
                if "\(pattern)".lowercased() == "all-linear" { return .linear }
                if pattern == "dummy-target-modules" { return TargetRule.Names.none }
            }
            return .expression(try AdapterPatterns.expression(pattern, shown: pattern, config, key))
        case .array: return .listed(Set(try strings(key)))
        case .some(let value):
            throw config.error(.adapterField, key, found: value.kindName, required: "a list of names, or a string")
        }
    }

    private func strings(_ key: String) throws(InputError) -> [ByteString] {
        guard let value = config.value(key) else { return [] }
        guard case .array(let values) = value else {
            throw config.error(.adapterField, key, found: value.kindName, required: "a list of names")
        }
        var strings: [ByteString] = []
        for value in values {
            guard case .string(let string) = value else {
                throw config.error(.adapterField, key, found: value.kindName, required: "names")
            }
            strings.append(string)
        }
        return strings
    }

    /// An empty string or an empty list excludes nothing.
    private func excluded() throws(InputError) -> TargetRule.Names? {
        if case .string(let pattern)? = config.value("exclude_modules"), pattern.isEmpty { return nil }
        return try names("exclude_modules")
    }

    /// PEFT takes the names in `modules_to_save` for regular expressions here, but not where it finds the modules to
    /// save.
    private func saved() throws(InputError) -> [RegularExpression] {
        var expressions: [RegularExpression] = []
        for name in try strings("modules_to_save") {
            expressions.append(
                try AdapterPatterns.expression(
                    ByteString(bytes: Array(#"(^|.*\.)"#.utf8) + name.bytes + Array(#"($|\..*)"#.utf8)), shown: name,
                    config, "modules_to_save"))
        }
        return expressions
    }

    // MARK: Layers

    private func layers(_ targets: TargetRule.Names?) throws(InputError) -> TargetRule.LayerRule? {
        let indices = try config.integers("layers_to_transform", in: 0...ModelLimits.maximumLayerCount - 1)
        let patterns = try layerPatterns()
        guard let indices else {
            if patterns.isEmpty { return nil }
            throw config.error(
                .adapterContradiction, "layers_pattern", found: "a pattern without layers_to_transform",
                required: "both or none")
        }
        if case .string? = config.value("target_modules") {
            throw config.error(
                .adapterContradiction, "layers_to_transform", found: "layers, with a string in target_modules",
                required: "a list in target_modules")
        }
        if indices.isEmpty { return nil }
        if case .listed(let names)? = targets, names.count >= Self.shortenedListCount,
            names.contains(where: { $0.bytes.contains(UInt8(ascii: ".")) })
        {
            throw config.error(
                .adapterUnsupported, "layers_to_transform",
                found: "layers, with \(names.count) names in target_modules that have dots",
                required: "fewer than \(Self.shortenedListCount) names, or names without dots")
        }
        return TargetRule.LayerRule(
            indices: Set(indices),
            patterns: patterns.isEmpty
                ? [
                    try AdapterPatterns.expression(
                        Self.layersExpression, shown: Self.layersExpression, config, "layers_pattern")
                ] : patterns)
    }

    private func layerPatterns() throws(InputError) -> [RegularExpression] {
        let names: [ByteString] =
            if case .string(let pattern)? = config.value("layers_pattern") {
                pattern.isEmpty ? [] : [pattern]
            } else {
                try strings("layers_pattern")
            }
        var patterns: [RegularExpression] = []
        for name in names {
            patterns.append(
                try AdapterPatterns.expression(
                    ByteString(
                        bytes: Array(#"(?:^|.*?\.)"#.utf8) + name.bytes + Array(#"\.(?P<idx>\d+)\."#.utf8)),
                    shown: name,
                    config, "layers_pattern"))
        }
        return patterns
    }
}

/// Regular expressions in `adapter_config.json`.
enum AdapterPatterns {
    /// Compiles an expression that PEFT makes of `shown`, a part of the field `key`.
    static func expression(
        _ pattern: ByteString, shown: ByteString, _ config: ConfigReader, _ key: String
    ) throws(InputError) -> RegularExpression {
        do throws(RegularExpression.Refusal) {
            return try RegularExpression(pattern)
        } catch {
            throw refused(shown, error, config, key)
        }
    }

    /// Returns the error for an expression that is not supported, given by its text in the field `key`.
    static func refused(
        _ pattern: ByteString, _ refusal: RegularExpression.Refusal, _ config: ConfigReader, _ key: String
    ) -> InputError {
        let text = ByteString(bytes: Array(pattern.bytes.prefix(100)))
        return config.error(
            .adapterUnsupported, key, found: "the regular expression \"\(text)\" with \(refusal.construct)",
            required: "an expression without it, or names of modules")
    }
}

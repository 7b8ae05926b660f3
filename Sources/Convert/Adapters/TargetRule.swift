import SkipFiles

/// Decides which modules of the model PEFT adapts, as its `check_target_module_exists` does.
struct TargetRule {
    /// A rule for the names of modules.
    enum Names {
        /// The name or its last components are one of these.
        case listed(Set<ByteString>)
        /// The whole name matches.
        case expression(RegularExpression)
        /// `all-linear`: every linear layer except the output head.
        case linear
        /// `dummy-target-modules`: nothing, on purpose.
        case none
    }

    /// The names in `target_modules`, or those that PEFT assumes.
    let targets: Names
    /// `exclude_modules`; nil if nothing is excluded.
    let excluded: Names?
    /// Modules that `modules_to_save` replaces, and what they contain. They are not adapted.
    let saved: [RegularExpression]
    /// The layers of `layers_to_transform`; nil for all layers.
    let layers: LayerRule?

    /// The layers whose modules are adapted.
    struct LayerRule {
        let indices: Set<Int>
        /// Expressions whose group `idx` is the layer's number. The first that matches counts.
        let patterns: [RegularExpression]

        func contains(_ module: ByteString) -> Bool {
            guard let pattern = patterns.first(where: { $0.matches(startOf: module) }),
                let index = pattern.capture(atStartOf: module)
            else { return false }
            return Int("\(index)").map(indices.contains) ?? false
        }
    }

    /// The modules with a matrix that are no linear layers, or that PEFT takes for the output head.
    private static let notLinear: Set<ByteString> = ["embed_tokens", "lm_head"]

    /// Returns whether PEFT adapts the module of this name in the model that it wraps.
    func includes(_ module: ByteString) -> Bool {
        if let excluded, Self.matches(excluded, module) { return false }
        if saved.contains(where: { $0.matches(startOf: module) }) { return false }
        guard Self.matches(targets, module) else { return false }
        // PEFT asks for the layer only if the list does not hold the whole name.
        guard let layers, case .listed(let names) = targets, !names.contains(module) else { return true }
        return layers.contains(module)
    }

    private static func matches(_ names: Names, _ module: ByteString) -> Bool {
        switch names {
        case .expression(let expression): return expression.matches(all: module)
        case .none: return false
        case .linear: return !notLinear.contains { endsWith($0, module) }
        case .listed(let names):
            let bytes = module.bytes
            return names.contains(module)
                || bytes.indices.contains { dot in
                    bytes[dot] == UInt8(ascii: ".") && names.contains(ByteString(bytes: Array(bytes[(dot + 1)...])))
                }
        }
    }

    private static func endsWith(_ component: ByteString, _ module: ByteString) -> Bool {
        module == component || module.bytes.suffix(component.count + 1).elementsEqual(".\(component)".utf8)
    }

    /// The number of steps to match a name of one byte with all expressions.
    var cost: Int {
        var expressions = saved + (layers?.patterns ?? [])
        for case .expression(let expression)? in [targets, excluded] { expressions.append(expression) }
        return expressions.map(\.cost).reduce(0, +)
    }
}

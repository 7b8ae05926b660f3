import SkipFiles
import SkipModel

/// Reads the parameters of rotary embeddings, in the form of Transformers 5 (`rope_parameters`) or of Transformers 4
/// (`rope_theta` and `rope_scaling`).
struct RotaryEmbeddingReader {
    let config: ConfigReader
    /// The base if no field has it.
    let defaultTheta: Double
    let maximumPositionCount: Int

    /// Reads the parameters. As in Transformers 5, a `rope_scaling` that is not empty replaces `rope_parameters`, and a
    /// value inside of it replaces the configuration's own.
    func rotaryEmbedding() throws(InputError) -> RotaryEmbedding {
        let parameters = try section()
        try refusePartialRotation(parameters)
        let theta = try theta(parameters)
        guard let parameters else {
            noteOriginalLength(user: "rope type default")
            return RotaryEmbedding(theta: theta)
        }
        try refuseNestedSections(parameters)
        return RotaryEmbedding(theta: theta, scaling: try scaling(parameters))
    }

    private func section() throws(InputError) -> ConfigReader? {
        let scaling = try nonemptySection("rope_scaling")
        let parameters = try nonemptySection("rope_parameters")
        if let scaling, let parameters, scaling.object != parameters.object {
            config.record?.add(.replaced(field: "rope_parameters", value: "an object", winner: "rope_scaling"))
        }
        return scaling ?? parameters
    }

    private func nonemptySection(_ key: String) throws(InputError) -> ConfigReader? {
        guard let section = try config.section(key), !section.object.members.isEmpty else { return nil }
        return section
    }

    private func theta(_ parameters: ConfigReader?) throws(InputError) -> Double {
        let outer = try config.optionalPositiveNumber("rope_theta")
        guard let parameters, let inner = try parameters.optionalPositiveNumber("rope_theta") else {
            return outer ?? config.defaulted("rope_theta", to: defaultTheta)
        }
        if let outer, outer != inner { noteReplaced("rope_theta", by: parameters) }
        return inner
    }

    // MARK: Types

    private func scaling(_ parameters: ConfigReader) throws(InputError) -> RotaryEmbedding.Scaling {
        let (key, name) = try type(parameters)
        let scaling: RotaryEmbedding.Scaling
        switch name {
        case "default": scaling = .none
        case "linear": scaling = .linear(factor: try parameters.positiveNumber("factor"))
        case "llama3": scaling = try llama3(parameters)
        default:
            throw parameters.error(
                .unsupportedConfigValue, key, found: "\"\(name)\"", required: "default, linear or llama3")
        }
        noteUnread(parameters, user: "rope type \(name)")
        return scaling
    }

    /// Returns the type and the field that has it. Old files use `type`, newer ones `rope_type`. Some have both.
    private func type(_ parameters: ConfigReader) throws(InputError) -> (key: String, name: String) {
        let old = try parameters.string("type")
        if let name = try parameters.string("rope_type") {
            if let old, old != name {
                parameters.record?.add(
                    .replaced(
                        field: parameters.path + "type", value: "\"\(old)\"", winner: parameters.path + "rope_type"))
            }
            return ("rope_type", name.description)
        }
        if let old { return ("type", old.description) }
        return ("rope_type", parameters.defaulted("rope_type", to: "default", "default"))
    }

    private func llama3(_ parameters: ConfigReader) throws(InputError) -> RotaryEmbedding.Scaling {
        let low = try parameters.positiveNumber("low_freq_factor")
        let high = try parameters.positiveNumber("high_freq_factor")
        if high <= low {
            throw parameters.error(
                .configValue, "high_freq_factor", found: "\(high)", required: "more than low_freq_factor, \(low)")
        }
        return .llama3(
            factor: try parameters.positiveNumber("factor"),
            lowFrequencyFactor: low,
            highFrequencyFactor: high,
            originalMaximumPositionCount: try originalMaximumPositionCount(parameters))
    }

    private static let originalLength = "original_max_position_embeddings"

    /// Returns the length before scaling. As in Transformers 5, the configuration's own value replaces the one of the
    /// section, and the default is `max_position_embeddings`.
    private func originalMaximumPositionCount(_ parameters: ConfigReader) throws(InputError) -> Int {
        let range = 1...ModelLimits.maximumPositionCount
        let inner = try parameters.optionalInteger(Self.originalLength, in: range)
        if let outer = try config.optionalInteger(Self.originalLength, in: range) {
            if let inner, inner != outer {
                config.record?.add(
                    .replaced(
                        field: parameters.path + Self.originalLength, value: "\(inner)", winner: Self.originalLength))
            }
            return outer
        }
        return inner ?? parameters.defaulted(Self.originalLength, to: maximumPositionCount)
    }

    // MARK: Other members

    /// Parameters for each kind of layer, as models with windows have them.
    private func refuseNestedSections(_ parameters: ConfigReader) throws(InputError) {
        for member in parameters.object.members {
            guard case .object = member.value else { continue }
            throw parameters.error(
                .unsupportedConfigValue, "\(member.key)", found: "parameters for one kind of layer",
                required: "the same parameters for all layers")
        }
    }

    private func refusePartialRotation(_ parameters: ConfigReader?) throws(InputError) {
        for section in [config, parameters].compactMap({ $0 }) {
            if let factor = try section.optionalPositiveNumber("partial_rotary_factor"), factor != 1 {
                throw section.error(.unsupportedConfigValue, "partial_rotary_factor", found: "\(factor)", required: "1")
            }
        }
    }

    /// Notes the members that this type does not use. Transformers ignores them with a warning.
    private func noteUnread(_ parameters: ConfigReader, user: String) {
        for member in parameters.object.members {
            let field = parameters.path + "\(member.key)"
            if member.value == .null || parameters.record?.hasRead(field) == true { continue }
            parameters.record?.add(.notUsed(field: field, value: member.value.valueText, user: user))
        }
        noteOriginalLength(user: user)
    }

    /// Notes a length before scaling that stands in the configuration itself, and that is not used.
    private func noteOriginalLength(user: String) {
        guard config.record?.hasRead(Self.originalLength) == false, let value = config.value(Self.originalLength) else {
            return
        }
        config.record?.add(.notUsed(field: Self.originalLength, value: value.valueText, user: user))
    }

    /// Notes that a member of the section replaces the configuration's own field.
    private func noteReplaced(_ key: String, by parameters: ConfigReader) {
        config.record?.add(
            .replaced(field: key, value: config.value(key)?.valueText ?? "", winner: parameters.path + key))
    }
}

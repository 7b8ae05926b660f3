import SkipFiles
import SkipModel

/// Reads the parameters of rotary embeddings, in the form of Transformers 5 (`rope_parameters`) or of Transformers 4
/// (`rope_theta` and `rope_scaling`).
struct RotaryEmbeddingReader {
    let config: ConfigReader

    /// The base that Transformers uses by default.
    private static let defaultTheta = 10_000.0

    /// Reads the parameters. As in Transformers 5, `rope_scaling` takes the place of `rope_parameters`, and a `rope_theta`
    /// inside of it that of the configuration's own.
    func rotaryEmbedding() throws(InputError) -> RotaryEmbedding {
        var parameters = try config.section("rope_scaling")
        if parameters == nil { parameters = try config.section("rope_parameters") }
        try refusePartialRotation(parameters)
        var theta = try parameters?.optionalPositiveNumber("rope_theta")
        if theta == nil { theta = try config.optionalPositiveNumber("rope_theta") }
        guard let parameters else { return RotaryEmbedding(theta: theta ?? Self.defaultTheta) }
        return RotaryEmbedding(theta: theta ?? Self.defaultTheta, scaling: try readScaling(parameters))
    }

    private func readScaling(_ scaling: ConfigReader) throws(InputError) -> RotaryEmbedding.Scaling {
        // Old files use `type`, newer ones `rope_type`. Some have both.
        let key = scaling.value("rope_type") != nil ? "rope_type" : "type"
        let name = try scaling.string(key) ?? "default"
        switch name {
        case "default": return .none
        case "linear": return .linear(factor: try scaling.positiveNumber("factor"))
        case "llama3": return try readLlama3(scaling)
        default:
            throw scaling.error(
                .unsupportedConfigValue, key, found: "\"\(name)\"", required: "default, linear or llama3")
        }
    }

    private func readLlama3(_ scaling: ConfigReader) throws(InputError) -> RotaryEmbedding.Scaling {
        let low = try scaling.positiveNumber("low_freq_factor")
        let high = try scaling.positiveNumber("high_freq_factor")
        if high <= low {
            throw scaling.error(
                .configValue, "high_freq_factor", found: "\(high)", required: "more than low_freq_factor, \(low)")
        }
        return .llama3(
            factor: try scaling.positiveNumber("factor"),
            lowFrequencyFactor: low,
            highFrequencyFactor: high,
            originalMaximumPositionCount: try scaling.integer(
                "original_max_position_embeddings", in: 1...ModelLimits.maximumPositionCount))
    }

    private func refusePartialRotation(_ parameters: ConfigReader?) throws(InputError) {
        for section in [config, parameters].compactMap({ $0 }) {
            if let factor = try section.optionalPositiveNumber("partial_rotary_factor"), factor != 1 {
                throw section.error(.unsupportedConfigValue, "partial_rotary_factor", found: "\(factor)", required: "1")
            }
        }
    }
}

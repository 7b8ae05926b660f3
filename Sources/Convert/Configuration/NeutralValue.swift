import SkipFiles
import SkipModel

/// The value with which a field that is not read does not change what a model computes. Null always is one.
enum NeutralValue: Sendable {
    /// False, 0, an empty string, list or object, and `"none"`.
    case off
    case on
    case number(Double)
    /// A number that is at most this one.
    case atMost(Double)
    /// A list of which every element is 1 or true.
    case ones
    /// One of these words, in any case, or a list of nothing else.
    case words([String])
    /// 1/√head_dim, or another value that the attention scale has.
    case attentionScale
    case headDimension
    case hiddenSize
    /// √num_hidden_layers
    case layerCountRoot
    /// Another name of the function that is used.
    case activation
    /// The base of the rotary embedding, if the configuration says it in the field that is read.
    case rotaryTheta
    /// The epsilon of the norms, if the configuration says it in the field that is read.
    case normEpsilon
    /// A window that is off, or that no sequence exceeds.
    case window

    /// What an error requires.
    var description: String {
        switch self {
        case .off: "false, 0 or nothing"
        case .on: "true"
        case .number(let number): "\(number)"
        case .atMost(let number): "at most \(number)"
        case .ones: "1 for every layer"
        case .words(let words): words.joined(separator: " or ")
        case .attentionScale: "1/√head_dim"
        case .headDimension: "head_dim"
        case .hiddenSize: "hidden_size"
        case .layerCountRoot: "√num_hidden_layers"
        case .activation: "the function that hidden_act names"
        case .rotaryTheta: "the base in rope_theta"
        case .normEpsilon: "the epsilon in rms_norm_eps"
        case .window: "null, or no less than max_position_embeddings"
        }
    }

    func includes(_ value: JSONValue, in configuration: ModelConfiguration, _ config: ConfigReader) -> Bool {
        if value == .null { return true }
        switch self {
        case .off: return value.isOff
        case .on: return value == .bool(true) || value.number == 1
        case .number(let number): return value.isNumber(number)
        case .atMost(let number): return value.isOff || value.number.map { $0 <= number } ?? false
        case .ones:
            guard case .array(let elements) = value else { return false }
            return elements.allSatisfy { $0 == .bool(true) || $0.number == 1 }
        case .words(let words): return value.consists(of: words)
        case .attentionScale: return value.isNumber(Double(configuration.attentionScale))
        case .headDimension: return value.isNumber(Double(configuration.headDimension))
        case .hiddenSize: return value.isNumber(Double(configuration.hiddenSize))
        case .layerCountRoot: return value.isNumber(Double(configuration.layers.count).squareRoot())
        case .activation:
            guard case .string(let name) = value else { return false }
            // SwiGLU is the gated form of silu.
            let function = name == "swiglu" ? .silu : Activation(transformersName: name.description)
            return function == configuration.activation
        case .rotaryTheta:
            return config.record?.isDefaulted("rope_theta") != true
                || value.isNumber(configuration.rotaryEmbedding.theta)
        case .normEpsilon:
            return config.record?.isDefaulted("rms_norm_eps") != true || value.isNumber(configuration.rmsNormEpsilon)
        case .window:
            if config.object["use_sliding_window"] == .bool(false) || value.isOff { return true }
            return value.number.map { $0 < 0 || $0 >= Double(configuration.maximumPositionCount) } ?? false
        }
    }
}

extension JSONValue {
    fileprivate var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number.double
    }

    /// Whether it is this number, in the precision of float32.
    fileprivate func isNumber(_ other: Double) -> Bool {
        number.map { abs($0 - other) <= 1e-6 * abs(other) } ?? false
    }

    fileprivate var isOff: Bool {
        switch self {
        case .null, .bool(false): true
        case .bool(true): false
        case .number(let number): number.double == 0
        case .string(let string): string.isEmpty || string.description.lowercased() == "none"
        case .array(let elements): elements.isEmpty
        case .object(let object): object.members.isEmpty
        }
    }

    fileprivate func consists(of words: [String]) -> Bool {
        switch self {
        case .string(let string): words.contains(string.description.lowercased())
        case .array(let elements): elements.allSatisfy { $0.consists(of: words) }
        default: false
        }
    }
}

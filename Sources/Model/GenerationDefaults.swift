/// How the authors of a model generate text with it: the fields of `generation_config.json` that a file records.
///
/// A program uses them unless its user chooses otherwise. A field is nil if it is not recorded.
public struct GenerationDefaults: Equatable, Sendable {
    /// Whether tokens are drawn. If false or nil, the most probable token is taken, whatever the other fields are.
    public let samples: Bool?
    /// 0 or more.
    public let temperature: Float?
    /// `top_p`: above 0, at most 1.
    public let topProbability: Float?
    /// `top_k`: 0 does not limit the tokens.
    public let topCount: Int?
    /// `min_p`: 0 to 1.
    public let minimumProbability: Float?
    /// Above 0; 1 changes nothing.
    public let repetitionPenalty: Float?

    /// Reads the fields from the facts that a file records. A value that its field does not allow is nil, because a
    /// file can record any text.
    public init(_ provenance: [ProvenanceEntry]) {
        func number(_ field: GenerationField) -> Float? {
            provenance.first { $0.key == field.key }.flatMap { field.number($0.value) }.map(Float.init)
        }
        samples = number(.samples).map { $0 == 1 }
        temperature = number(.temperature)
        topProbability = number(.topProbability)
        topCount = number(.topCount).map { Int($0) }
        minimumProbability = number(.minimumProbability)
        repetitionPenalty = number(.repetitionPenalty)
    }

    /// The temperature to sample with: 0, which takes the most probable token, unless tokens are drawn. Transformers
    /// reads the fields in the same way.
    public var effectiveTemperature: Float { samples == true ? temperature ?? 1 : 0 }

    /// Whether no field is recorded.
    public var isEmpty: Bool { self == GenerationDefaults([]) }
}

/// A field of `generation_config.json` that a file records.
public enum GenerationField: String, CaseIterable, Sendable {
    case samples = "do_sample"
    case temperature
    case topProbability = "top_p"
    case topCount = "top_k"
    case minimumProbability = "min_p"
    case repetitionPenalty = "repetition_penalty"

    /// The largest temperature, penalty and number of tokens that is recorded.
    private static let limit = 1_000_000.0

    /// The key of the recorded fact: `generation.top-p`.
    public var key: String { "generation." + String(rawValue.map { $0 == "_" ? "-" : $0 }) }

    /// Returns the number that a recorded text means, 1 and 0 for true and false; nil if the field does not allow it.
    public func number(_ text: String) -> Double? {
        if self == .samples { return text == "true" ? 1 : text == "false" ? 0 : nil }
        guard text.utf8.allSatisfy("+-.0123456789eE".utf8.contains), let number = Double(text) else { return nil }
        return allows(number) ? number : nil
    }

    /// Whether a number is in the range of the field.
    public func allows(_ number: Double) -> Bool {
        switch self {
        case .samples: number == 0 || number == 1
        case .temperature: number >= 0 && number <= Self.limit
        case .topProbability: number > 0 && number <= 1
        case .topCount: number >= 0 && number <= Self.limit && number == number.rounded()
        case .minimumProbability: number >= 0 && number <= 1
        case .repetitionPenalty: number > 0 && number <= Self.limit
        }
    }

    /// Returns the text that is recorded for a number: `true` or `false`, an integer, or the shortest decimal.
    public func text(_ number: Double) -> String {
        switch self {
        case .samples: "\(number == 1)"
        case .topCount: "\(Int(number))"
        default: "\(number)"
        }
    }

    /// The values that are allowed, as part of a message.
    public var requirement: String {
        switch self {
        case .samples: "true or false"
        case .temperature: "0 or more"
        case .topProbability: "above 0, at most 1"
        case .topCount: "a whole number, 0 or more"
        case .minimumProbability: "0 to 1"
        case .repetitionPenalty: "above 0"
        }
    }
}

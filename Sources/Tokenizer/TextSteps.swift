/// The steps of a tokenizer, in their order, sorted by phase.
struct TextSteps: Equatable {
    var normalization: [NormalizationStep] = []
    var splitting = TextSplitting()
    var decoding: [DecodingStep] = []

    /// The most steps of one tokenizer.
    static let limit = 32

    /// Checks that the steps are in an order that can be executed, and that they cannot make a text much longer.
    ///
    /// - Throws: the index of the first step that cannot follow those before it.
    init(_ steps: [TableStep]) throws(TokenizerTableError) {
        guard steps.count <= Self.limit else { throw .wrongStep(index: Self.limit) }
        for (index, step) in steps.enumerated() {
            guard let meaning = step.meaning, append(meaning) else { throw .wrongStep(index: index) }
        }
        if decoding.isEmpty { throw .wrongStep(index: steps.count) }
    }

    /// Appends a step. Returns false if it cannot follow the steps before it.
    private mutating func append(_ step: TableStep.Meaning) -> Bool {
        switch step {
        case .normalization(let step):
            guard splitting == TextSplitting(), decoding.isEmpty, canFollow(step) else { return false }
            normalization.append(step)
            return true
        case .splitting(let step): return decoding.isEmpty && splitting.append(step)
        case .decoding(let step):
            guard canFollow(step) else { return false }
            decoding.append(step)
            return true
        }
    }

    private func canFollow(_ step: NormalizationStep) -> Bool {
        !step.lengthens || !normalization.contains { $0.lengthens }
    }

    /// Bytes and Metaspace are the only step; otherwise replacements come first, then byte fallback, then stripping.
    private func canFollow(_ step: DecodingStep) -> Bool {
        if decoding.contains(where: \.isAlone) { return false }
        switch step {
        case .bytes, .metaspace: return decoding.isEmpty
        case .replace:
            return decoding.allSatisfy { if case .replace = $0 { true } else { false } }
                && (!step.lengthens || !decoding.contains { $0.lengthens })
        case .byteFallback: return decoding.allSatisfy { if case .replace = $0 { true } else { false } }
        case .stripStart: return decoding.allSatisfy { if case .stripStart = $0 { false } else { true } }
        }
    }
}

extension NormalizationStep {
    /// Whether the step can make a text longer. One step of a tokenizer at most may, apart from a fixed text at the
    /// start.
    fileprivate var lengthens: Bool {
        switch self {
        case .replace(let old, let new): new.count > old.count
        case .nfc, .prepend, .replaceStart, .trim, .collapse, .strip: false
        }
    }
}

extension DecodingStep {
    fileprivate var isAlone: Bool {
        switch self {
        case .bytes, .metaspace: true
        case .replace, .byteFallback, .stripStart: false
        }
    }

    fileprivate var lengthens: Bool {
        if case .replace(let old, let new) = self { new.count > old.count } else { false }
    }
}

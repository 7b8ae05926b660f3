/// The splitting steps of a tokenizer in the form in which they are executed: a preparation, a literal text to divide
/// at, and patterns, in this order.
struct TextSplitting: Equatable {
    enum Preparation: Equatable {
        case none
        case prefixSpace
        case metaspace(replacement: [UInt8], prefix: MetaspacePrefix)
    }

    struct Literal: Equatable {
        let text: [UInt8]
        let place: DelimiterPlace
    }

    private(set) var preparation = Preparation.none
    private(set) var literal: Literal?
    private(set) var patterns: [WordPattern] = []

    /// Appends a step. Returns false if it cannot follow the steps before it.
    mutating func append(_ step: SplittingStep) -> Bool {
        guard patterns.isEmpty || step.isPattern else { return false }
        switch step {
        case .prefixSpace, .metaspace:
            guard preparation == .none, literal == nil else { return false }
            if case .metaspace(let replacement, let prefix) = step {
                preparation = .metaspace(replacement: replacement, prefix: prefix)
            } else {
                preparation = .prefixSpace
            }
        case .literal(let text, let place):
            guard literal == nil else { return false }
            literal = Literal(text: text, place: place)
        case .pattern(let pattern): patterns.append(pattern)
        }
        return true
    }

    /// Returns a piece of text with its prefix and its replaced spaces; nil if the piece does not change.
    func prepared(_ text: Span<UInt8>, isFirst: Bool) -> [UInt8]? {
        let space = UInt8(ascii: " ")
        var output: [UInt8] = []
        switch preparation {
        case .none: return nil
        case .prefixSpace:
            if text[0] == space { return nil }
            output.reserveCapacity(text.count + 1)
            output.append(space)
            for index in text.indices { output.append(text[index]) }
        case .metaspace(let replacement, let prefix):
            let beginsWithIt = text[0] == space || TextReplacement.occurs(replacement, in: text, at: 0)
            if !beginsWithIt, prefix == .always || prefix == .first && isFirst { output += replacement }
            TextReplacement.append(text, replacing: [space], with: replacement, to: &output)
        }
        return output
    }
}

extension SplittingStep {
    fileprivate var isPattern: Bool { if case .pattern = self { true } else { false } }
}

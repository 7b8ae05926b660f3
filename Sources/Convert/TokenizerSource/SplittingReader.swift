import SkipFiles
import SkipTokenizer

/// Reads the `pre_tokenizer` of `tokenizer.json`. Unknown steps are refused.
struct SplittingReader {
    /// Whether the text is brought to the byte alphabet, so that the symbols of the model are bytes.
    private(set) var isByteLevel = false
    private(set) var steps: [SplittingStep] = []
    /// The texts of an alternation at which the last step divides.
    private(set) var pieces: [ByteString] = []

    init(_ root: ConfigReader) throws(InputError) {
        for step in try TextStep.steps(of: root, "pre_tokenizer", listKey: "pretokenizers") {
            if isByteLevel { throw step.refusal(required: "nothing after ByteLevel") }
            switch step.type {
            case "ByteLevel": try appendByteLevel(step)
            case "Split": try appendSplit(step)
            case "Digits":
                try step.reader.refuseOtherMembers(than: ["type", "individual_digits"])
                let areIndividual = try step.reader.requiredBoolean("individual_digits")
                steps.append(.pattern(areIndividual ? .digit : .digits))
            case "Metaspace": try appendMetaspace(step)
            default: throw step.refusal(required: "ByteLevel, Split, Digits or Metaspace")
            }
        }
    }

    private mutating func appendByteLevel(_ step: TextStep) throws(InputError) {
        // `trim_offsets` affects only offsets, which are not used.
        try step.reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
        isByteLevel = true
        let usesPattern = try step.reader.boolean("use_regex", default: true)
        if try step.reader.requiredBoolean("add_prefix_space") {
            guard steps.isEmpty else {
                throw step.reader.error(
                    .tokenizerUnsupported, "add_prefix_space", found: "true after another step", required: "false")
            }
            steps.append(.prefixSpace)
        }
        if usesPattern { steps.append(.pattern(.gpt2)) }
    }

    private mutating func appendMetaspace(_ step: TextStep) throws(InputError) {
        try step.reader.refuseOtherMembers(than: [
            "type", "replacement", "prepend_scheme", "add_prefix_space", "split", "str_rep",
        ])
        guard steps.isEmpty else { throw step.refusal(required: "Metaspace as the first step") }
        let (replacement, prefix) = try step.metaspace()
        steps.append(.metaspace(replacement: replacement, prefix: prefix))
        if try step.reader.boolean("split", default: true) { steps.append(.literal(replacement, .withNext)) }
    }

    private mutating func appendSplit(_ step: TextStep) throws(InputError) {
        try step.reader.refuseOtherMembers(than: ["type", "pattern", "behavior", "invert"])
        let behavior = try step.reader.string("behavior")
        let isInverted = try step.reader.requiredBoolean("invert")
        let refusal = step.reader.error(
            .tokenizerUnsupported, "behavior", found: "\"\(behavior ?? "")\", invert \(isInverted)",
            required: "\"Isolated\", not inverted")
        switch try step.pattern() {
        case .expression(let expression):
            guard let pattern = KnownPatterns.pattern(for: expression) else {
                if let texts = UserDefinedPieces.texts(ofAlternation: expression) {
                    guard behavior == "Isolated", !isInverted, pieces.isEmpty else { throw refusal }
                    pieces = texts
                    return
                }
                throw step.reader.error(
                    .tokenizerUnknownPattern, "pattern.Regex", found: "\"\(expression)\"",
                    required: "a known pattern")
            }
            // A pattern that matches every text without gaps results in the same words with both settings.
            guard behavior == "Isolated" && !isInverted || behavior == "Removed" && isInverted && pattern.coversText
            else { throw refusal }
            steps.append(.pattern(pattern))
        case .literal(let text):
            let places: [ByteString: DelimiterPlace] = [
                "Isolated": .isolated, "MergedWithPrevious": .withPrevious, "MergedWithNext": .withNext,
            ]
            guard let behavior, let place = places[behavior], !isInverted else { throw refusal }
            guard steps.allSatisfy({ if case .metaspace = $0 { true } else { false } }) else {
                throw step.refusal(required: "a split at a text before other steps")
            }
            steps.append(.literal(try step.checked(text, "pattern"), place))
        }
    }

    /// Returns the steps without a division at a text that the normalization has replaced everywhere.
    func steps(after normalization: [NormalizationStep]) -> [SplittingStep] {
        guard case .replace(let old, let new)? = normalization.last else { return steps }
        return steps.filter { step in
            guard case .literal(let text, _) = step, text == old, old.count == 1 else { return true }
            return new.contains(old[0])
        }
    }
}

import SkipFiles
import SkipTokenizer

/// Reads the `normalizer`, `pre_tokenizer` and `decoder` of `tokenizer.json`, and refuses by name what is not known.
enum TextStepReader {
    // MARK: Normalizer

    static func normalizer(_ root: ConfigReader) throws(InputError) -> TextNormalizer {
        var result = TextNormalizer.identity
        for step in try steps(root, "normalizer", listKey: "normalizers") {
            guard step.type == "NFC" else { throw step.refusal(required: "NFC") }
            try step.reader.refuseOtherMembers(than: ["type"])
            result = .nfc
        }
        return result
    }

    // MARK: Pre-tokenizer

    /// The pre-tokenizer, and whether a space is put before a text.
    static func preTokenizer(
        _ root: ConfigReader
    ) throws(InputError) -> (preTokenizer: PreTokenizer, addsPrefixSpace: Bool) {
        let steps = try steps(root, "pre_tokenizer", listKey: "pretokenizers")
        guard let last = steps.last else {
            throw root.error(.tokenizerUnsupported, "pre_tokenizer", found: "nothing", required: "ByteLevel")
        }
        guard last.type == "ByteLevel" else { throw last.refusal(required: "ByteLevel as the last step") }
        let (usesPattern, addsPrefixSpace) = try byteLevel(last.reader)
        if steps.count == 1 { return (usesPattern ? .gpt2 : .none, addsPrefixSpace) }
        let first = steps[0]
        guard steps.count == 2 else { throw steps[1].refusal(required: "at most one step before ByteLevel") }
        if addsPrefixSpace {
            throw last.reader.error(
                .tokenizerUnsupported, "add_prefix_space", found: "true after another step", required: "false")
        }
        let result: PreTokenizer
        switch first.type {
        case "Split":
            result = try split(first.reader)
            if usesPattern {
                throw last.reader.error(
                    .tokenizerUnsupported, "use_regex", found: "true after a Split", required: "false")
            }
        case "Digits":
            try first.reader.refuseOtherMembers(than: ["type", "individual_digits"])
            guard try first.reader.requiredBoolean("individual_digits"), usesPattern else {
                throw first.refusal(required: "individual digits, then ByteLevel with its pattern")
            }
            result = .digitsThenGPT2
        default: throw first.refusal(required: "Split or Digits before ByteLevel")
        }
        return (result, false)
    }

    private static func byteLevel(
        _ reader: ConfigReader
    ) throws(InputError) -> (usesPattern: Bool, addsPrefixSpace: Bool) {
        // `trim_offsets` is about offsets, which nobody asks for here.
        try reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
        return (try reader.boolean("use_regex", default: true), try reader.requiredBoolean("add_prefix_space"))
    }

    private static func split(_ reader: ConfigReader) throws(InputError) -> PreTokenizer {
        try reader.refuseOtherMembers(than: ["type", "pattern", "behavior", "invert"])
        let pattern = try reader.required("pattern", reader.section("pattern"), "an object")
        try pattern.refuseOtherMembers(than: ["Regex"])
        let expression = try pattern.required("Regex", pattern.string("Regex"), "a string")
        guard let preTokenizer = KnownPatterns.preTokenizer(for: expression) else {
            throw pattern.error(
                .tokenizerUnknownPattern, "Regex", found: "\"\(expression)\"", required: "a known pattern")
        }
        // The known patterns match every text without a gap, so that these two come to the same words.
        let behavior = try reader.string("behavior")
        let isInverted = try reader.requiredBoolean("invert")
        guard behavior == "Isolated" && !isInverted || behavior == "Removed" && isInverted else {
            throw reader.error(
                .tokenizerUnsupported, "behavior", found: "\"\(behavior ?? "")\", invert \(isInverted)",
                required: "\"Isolated\", not inverted")
        }
        return preTokenizer
    }

    // MARK: Decoder

    static func checkDecoder(_ root: ConfigReader) throws(InputError) {
        let steps = try steps(root, "decoder", listKey: "decoders")
        for step in steps where step.type != "ByteLevel" { throw step.refusal(required: "ByteLevel") }
        guard steps.count == 1 else {
            throw root.error(.tokenizerUnsupported, "decoder", found: "\(steps.count) steps", required: "ByteLevel")
        }
        try steps[0].reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    }
}

/// One step of a chain: what it is, and its fields.
struct TextStep {
    let type: ByteString
    let reader: ConfigReader

    func refusal(required: String) -> InputError {
        reader.error(.tokenizerUnsupported, "type", found: "\"\(type)\"", required: required)
    }
}

extension TextStepReader {
    /// The steps of a member of the root, with every `Sequence` taken apart; none if the member is absent or null.
    static func steps(_ root: ConfigReader, _ key: String, listKey: String) throws(InputError) -> [TextStep] {
        guard let reader = try root.section(key) else { return [] }
        var steps: [TextStep] = []
        try append(reader, listKey: listKey, to: &steps)
        return steps
    }

    /// Recursion is bounded by the depth that the JSON reader allows.
    private static func append(_ reader: ConfigReader, listKey: String, to steps: inout [TextStep]) throws(InputError) {
        let type = try reader.required("type", reader.string("type"), "a string")
        guard type == "Sequence" else {
            steps.append(TextStep(type: type, reader: reader))
            return
        }
        try reader.refuseOtherMembers(than: ["type", ByteString(listKey)])
        _ = try reader.required(listKey, reader.value(listKey), "an array")
        for step in try reader.objects(listKey) { try append(step, listKey: listKey, to: &steps) }
    }
}

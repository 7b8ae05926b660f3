import SkipFiles
import SkipTokenizer

/// Reads the `normalizer`, `pre_tokenizer` and `decoder` of `tokenizer.json`. Unknown steps are refused.
enum TextStepReader {
    // MARK: Normalizer

    /// Returns the normalizer: NFC or none.
    static func normalizer(_ root: ConfigReader) throws(InputError) -> TextNormalizer {
        var result = TextNormalizer.identity
        for step in try TextStep.steps(of: root, "normalizer", listKey: "normalizers") {
            guard step.type == "NFC" else { throw step.refusal(required: "NFC") }
            try step.reader.refuseOtherMembers(than: ["type"])
            result = .nfc
        }
        return result
    }

    // MARK: Pre-tokenizer

    /// Returns the pre-tokenizer, and whether a space is added before a text.
    static func preTokenizer(
        _ root: ConfigReader
    ) throws(InputError) -> (preTokenizer: PreTokenizer, addsPrefixSpace: Bool) {
        let steps = try TextStep.steps(of: root, "pre_tokenizer", listKey: "pretokenizers")
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
        // `trim_offsets` affects only offsets, which are not used.
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
        // The known patterns match every text without gaps, so both settings result in the same words.
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

    /// Checks that the decoder is ByteLevel.
    static func checkDecoder(_ root: ConfigReader) throws(InputError) {
        let steps = try TextStep.steps(of: root, "decoder", listKey: "decoders")
        for step in steps where step.type != "ByteLevel" { throw step.refusal(required: "ByteLevel") }
        guard steps.count == 1 else {
            throw root.error(.tokenizerUnsupported, "decoder", found: "\(steps.count) steps", required: "ByteLevel")
        }
        try steps[0].reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    }
}

import SkipFiles
import SkipTokenizer

/// Reads the `normalizer` of `tokenizer.json`. Unknown steps are refused.
enum NormalizationReader {
    static func steps(_ root: ConfigReader) throws(InputError) -> [NormalizationStep] {
        var steps: [NormalizationStep] = []
        for step in try TextStep.steps(of: root, "normalizer", listKey: "normalizers") { steps.append(try read(step)) }
        return steps
    }

    private static func read(_ step: TextStep) throws(InputError) -> NormalizationStep {
        switch step.type {
        case "NFC":
            try step.reader.refuseOtherMembers(than: ["type"])
            return .nfc
        case "Prepend":
            try step.reader.refuseOtherMembers(than: ["type", "prepend"])
            return .prepend(try step.text("prepend"))
        case "Replace": return try replacement(step)
        case "Strip":
            try step.reader.refuseOtherMembers(than: ["type", "strip_left", "strip_right"])
            return .strip(
                left: try step.reader.requiredBoolean("strip_left"),
                right: try step.reader.requiredBoolean("strip_right"))
        default: throw step.refusal(required: "NFC, Prepend, Replace or Strip")
        }
    }

    /// The regular expressions are those with which Transformers converts SentencePiece models.
    private static func replacement(_ step: TextStep) throws(InputError) -> NormalizationStep {
        try step.reader.refuseOtherMembers(than: ["type", "pattern", "content"])
        let content = try step.text("content", mayBeEmpty: true)
        switch try step.pattern() {
        case .literal(let text): return .replace(try step.checked(text, "pattern"), with: content)
        case .expression(#"\A +| +\z"#) where content.isEmpty: return .trim([UInt8(ascii: " ")])
        case .expression(" {2,}") where content == [UInt8(ascii: " ")]: return .collapse(content)
        case .expression(#"\A▁"#): return .replaceStart(Array("▁".utf8), with: content)
        case .expression(let expression):
            throw step.reader.error(
                .tokenizerUnknownPattern, "pattern.Regex", found: "\"\(expression)\"", required: "a known pattern")
        }
    }
}

import SkipFiles
import SkipTokenizer

/// Reads the `decoder` of `tokenizer.json`. Unknown steps are refused.
struct DecodingReader {
    private var steps: [DecodingStep] = []
    private var isFused = false

    /// Returns the steps; `isByteLevel` is whether the vocabulary is spelled in the byte alphabet.
    static func steps(_ root: ConfigReader, isByteLevel: Bool) throws(InputError) -> [DecodingStep] {
        let list = try TextStep.steps(of: root, "decoder", listKey: "decoders")
        if isByteLevel {
            for step in list where step.type != "ByteLevel" { throw step.refusal(required: "ByteLevel") }
            guard list.count == 1 else {
                throw root.error(.tokenizerUnsupported, "decoder", found: "\(list.count) steps", required: "ByteLevel")
            }
            try list[0].reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
            return [.bytes]
        }
        guard !list.isEmpty else {
            throw root.error(
                .tokenizerUnsupported, "decoder", found: "nothing", required: "Replace, ByteFallback and Fuse")
        }
        var reader = DecodingReader()
        for (index, step) in list.enumerated() { try reader.append(step, isAlone: list.count == 1, index: index) }
        if case .metaspace? = reader.steps.first { return reader.steps }
        guard reader.isFused || !reader.steps.isEmpty else {
            throw list[0].refusal(required: "Replace, ByteFallback or Metaspace")
        }
        return reader.steps.isEmpty ? [.byteFallback] : reader.steps
    }

    private mutating func append(_ step: TextStep, isAlone: Bool, index: Int) throws(InputError) {
        if isFused, step.type != "Strip", step.type != "Fuse" { throw step.refusal(required: "Strip after Fuse") }
        switch step.type {
        case "Replace":
            try step.reader.refuseOtherMembers(than: ["type", "pattern", "content"])
            guard case .literal(let text) = try step.pattern(), !steps.contains(.byteFallback) else {
                throw step.refusal(required: "a replaced text, before ByteFallback")
            }
            steps.append(
                .replace(try step.checked(text, "pattern"), with: try step.text("content", mayBeEmpty: true)))
        case "ByteFallback":
            try step.reader.refuseOtherMembers(than: ["type"])
            guard !steps.contains(.byteFallback) else { throw step.refusal(required: "one ByteFallback") }
            steps.append(.byteFallback)
        case "Fuse":
            try step.reader.refuseOtherMembers(than: ["type"])
            isFused = true
        case "Strip": try appendStrip(step)
        case "Metaspace":
            try step.reader.refuseOtherMembers(than: [
                "type", "replacement", "prepend_scheme", "add_prefix_space", "split", "str_rep",
            ])
            guard isAlone else { throw step.refusal(required: "Metaspace alone") }
            let (replacement, prefix) = try step.metaspace()
            steps.append(.metaspace(replacement: replacement, dropsFirst: prefix != .never))
        default: throw step.refusal(required: "Replace, ByteFallback, Fuse, Strip or Metaspace")
        }
    }

    /// A strip of the start of the whole text. Without Fuse it would apply to each token.
    private mutating func appendStrip(_ step: TextStep) throws(InputError) {
        try step.reader.refuseOtherMembers(than: ["type", "content", "start", "stop"])
        let content = try step.text("content")
        let count = try step.reader.integer("start", in: 0...Int(UInt32.max))
        guard isFused, try step.reader.integer("stop", in: 0...Int(UInt32.max)) == 0,
            !steps.contains(where: { if case .stripStart = $0 { true } else { false } })
        else { throw step.refusal(required: "one Strip of the start, after Fuse") }
        if count > 0 { steps.append(.stripStart(content, count: UInt32(count))) }
    }
}

import SkipFiles
import SkipTokenizer

/// A step of a chain of text operations: its type and its fields.
struct TextStep {
    let type: ByteString
    let reader: ConfigReader

    /// What a step searches for.
    enum Pattern {
        case literal(ByteString)
        case expression(ByteString)
    }

    /// Returns the error of an unsupported step.
    func refusal(required: String) -> InputError {
        reader.error(.tokenizerUnsupported, "type", found: "\"\(type)\"", required: required)
    }

    /// Returns the steps of a member of the root, with the steps of every `Sequence` in its place; no steps if the
    /// member is absent or null.
    static func steps(of root: ConfigReader, _ key: String, listKey: String) throws(InputError) -> [TextStep] {
        guard let reader = try root.section(key) else { return [] }
        var steps: [TextStep] = []
        try append(reader, listKey: listKey, to: &steps)
        return steps
    }

    /// Recurses into sequences. The JSON reader limits the depth.
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

    // MARK: Fields

    /// Returns the field `pattern`: `{"String": …}` or `{"Regex": …}`.
    func pattern() throws(InputError) -> Pattern {
        let pattern = try reader.required("pattern", reader.section("pattern"), "an object")
        if let text = try pattern.string("String") {
            try pattern.refuseOtherMembers(than: ["String"])
            return .literal(text)
        }
        try pattern.refuseOtherMembers(than: ["Regex"])
        return .expression(try pattern.required("Regex", pattern.string("Regex"), "a string"))
    }

    /// Returns a text that a compiled step can hold.
    func text(_ key: String, mayBeEmpty: Bool = false) throws(InputError) -> [UInt8] {
        try checked(try reader.required(key, reader.string(key), "a string"), key, mayBeEmpty: mayBeEmpty)
    }

    /// Returns the bytes of a text if a compiled step can hold it.
    func checked(_ text: ByteString, _ key: String, mayBeEmpty: Bool = false) throws(InputError) -> [UInt8] {
        guard mayBeEmpty || !text.isEmpty, text.count <= TokenizerTable.stepTextByteLimit else {
            throw reader.error(
                .tokenizerUnsupported, key, found: "\(text.count) bytes",
                required: "a text of \(mayBeEmpty ? 0 : 1) to \(TokenizerTable.stepTextByteLimit) bytes")
        }
        return text.bytes
    }

    /// Returns the replacement and the scheme of a Metaspace. Old files have `add_prefix_space` instead of the scheme.
    func metaspace() throws(InputError) -> (replacement: [UInt8], prefix: MetaspacePrefix) {
        let replacement = try text("replacement")
        guard String(decoding: replacement, as: UTF8.self).unicodeScalars.count == 1 else {
            throw reader.error(
                .tokenizerField, "replacement", found: "\(replacement.count) bytes", required: "one character")
        }
        let schemes: [ByteString: MetaspacePrefix] = ["always": .always, "first": .first, "never": .never]
        let name = try reader.string("prepend_scheme") ?? "always"
        guard let prefix = schemes[name] else {
            throw reader.error(
                .tokenizerUnsupported, "prepend_scheme", found: "\"\(name)\"", required: "always, first or never")
        }
        guard try reader.boolean("add_prefix_space", default: true) || prefix == .never else {
            throw reader.error(
                .tokenizerUnsupported, "add_prefix_space", found: "false with the scheme \"\(name)\"",
                required: "the scheme \"never\"")
        }
        return (replacement, prefix)
    }
}

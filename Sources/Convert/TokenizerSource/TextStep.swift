import SkipFiles

/// A step of a chain of text operations: its type and its fields.
struct TextStep {
    let type: ByteString
    let reader: ConfigReader

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
}

import SkipFiles

/// Reads the `post_processor` of `tokenizer.json`: the ids before and after a text.
enum TemplateReader {
    /// The ids before and after a text.
    struct Template {
        var prefixIDs: [UInt32] = []
        var suffixIDs: [UInt32] = []
    }

    /// Reads the ids, which must be below `tokenCount`.
    static func template(_ root: ConfigReader, tokenCount: Int) throws(InputError) -> Template {
        var template: Template?
        for step in try TextStep.steps(of: root, "post_processor", listKey: "processors") {
            switch step.type {
            case "ByteLevel":
                // It changes only offsets.
                try step.reader.refuseOtherMembers(than: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
            case "TemplateProcessing":
                guard template == nil else { throw step.refusal(required: "one template") }
                template = try read(step.reader, tokenCount: tokenCount)
            default: throw step.refusal(required: "ByteLevel or TemplateProcessing")
            }
        }
        return template ?? Template()
    }

    private static func read(_ reader: ConfigReader, tokenCount: Int) throws(InputError) -> Template {
        // `pair` is for two texts at once, which is not used.
        try reader.refuseOtherMembers(than: ["type", "single", "pair", "special_tokens"])
        let specialTokens = try reader.required("special_tokens", reader.section("special_tokens"), "an object")
        var template = Template()
        var hasText = false
        _ = try reader.required("single", reader.value("single"), "an array")
        for piece in try reader.objects("single") {
            if let text = try piece.section("Sequence") {
                let id = try text.string("id")
                guard id == "A", !hasText else {
                    throw text.error(
                        .tokenizerUnsupported, "id", found: "another text", required: "a single text, \"A\"")
                }
                hasText = true
            } else if let special = try piece.section("SpecialToken") {
                let name = try special.required("id", special.string("id"), "a string")
                let ids = try ids(of: name, in: specialTokens, tokenCount: tokenCount)
                if hasText { template.suffixIDs += ids } else { template.prefixIDs += ids }
            } else {
                throw piece.error(
                    .tokenizerField, "", found: "neither of them", required: "Sequence or SpecialToken")
            }
        }
        guard hasText else {
            throw reader.error(.tokenizerField, "single", found: "no text", required: "the text, \"A\"")
        }
        return template
    }

    private static func ids(
        of name: ByteString, in specialTokens: ConfigReader, tokenCount: Int
    ) throws(InputError) -> [UInt32] {
        guard let member = specialTokens.object[name], case .object(let object) = member else {
            throw specialTokens.error(.tokenizerField, "\(name)", found: "nothing", required: "an object with ids")
        }
        let reader = specialTokens.nested(object, "\(name)")
        let value = try reader.required("ids", reader.value("ids"), "an array of ids")
        guard case .array(let elements) = value else {
            throw reader.error(.tokenizerField, "ids", found: value.kindName, required: "an array of ids")
        }
        var ids: [UInt32] = []
        for element in elements {
            guard case .number(let number) = element, let id = number.integer, id >= 0, id < tokenCount else {
                throw reader.error(
                    .tokenizerSpecialID, "ids", found: element.shortText,
                    required: "an id from 0 to \(tokenCount - 1)")
            }
            ids.append(UInt32(id))
        }
        return ids
    }
}

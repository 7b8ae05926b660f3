import SkipFiles

/// Reads the `post_processor` of `tokenizer.json`: which ids stand before and after a text.
enum TemplateReader {
    struct Template {
        var prefixIDs: [UInt32] = []
        var suffixIDs: [UInt32] = []
    }

    static func template(_ root: ConfigReader, tokenCount: Int) throws(InputError) -> Template {
        var template: Template?
        for step in try TextStepReader.steps(root, "post_processor", listKey: "processors") {
            switch step.type {
            case "ByteLevel":
                // It changes offsets only.
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
        // `pair` is for two texts at once, which nobody asks for here.
        try reader.refuseOtherMembers(than: ["type", "single", "pair", "special_tokens"])
        let specialTokens = try reader.required("special_tokens", reader.section("special_tokens"), "an object")
        var template = Template()
        var hasText = false
        _ = try reader.required("single", reader.value("single"), "an array")
        for piece in try reader.objects("single") {
            if let text = try piece.section("Sequence") {
                let id = try text.string("id")
                guard id == "A", !hasText else {
                    throw text.error(.tokenizerUnsupported, "id", found: "another text", required: "one text, \"A\"")
                }
                hasText = true
            } else if let special = try piece.section("SpecialToken") {
                let name = try special.required("id", special.string("id"), "a string")
                let ids = try ids(of: name, in: specialTokens, tokenCount: tokenCount)
                if hasText { template.suffixIDs += ids } else { template.prefixIDs += ids }
            } else {
                throw piece.error(
                    .tokenizerField, "", found: "neither of the two", required: "Sequence or SpecialToken")
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
        let reader = ConfigReader(
            file: specialTokens.file, path: "\(specialTokens.path)\(name).", object: object, fieldRule: .tokenizerField)
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

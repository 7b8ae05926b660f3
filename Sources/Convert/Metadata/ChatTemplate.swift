import SkipFiles

/// The chat template of a checkpoint.
enum ChatTemplate {
    /// The largest template, in bytes. A larger one is left out.
    private static let byteLimit = 1 << 20

    /// Returns the template's text from `chat_template.jinja` or, without that file, from `tokenizer_config.json`; nil
    /// without a template. Of several templates it is the one with the name `default`.
    static func text(_ directory: String) throws(InputError) -> [UInt8]? {
        var text = try ModelMetadata.start(of: directory + "/chat_template.jinja", byteLimit: byteLimit + 1)
        if text == nil { text = try configured(directory) }
        return text.flatMap { $0.isEmpty || $0.count > byteLimit ? nil : $0 }
    }

    private static func configured(_ directory: String) throws(InputError) -> [UInt8]? {
        switch try ModelMetadata.object(directory + "/tokenizer_config.json")?["chat_template"] {
        case .string(let text)?: return text.bytes
        case .array(let templates)?:
            for case .object(let template) in templates where template["name"] == .string("default") {
                if case .string(let text)? = template["template"] { return text.bytes }
            }
            return nil
        default: return nil
        }
    }
}

import Model

/// Whole small files: JSON beside the weights.
enum SmallFile {
    /// The largest JSON file other than a tokenizer, in bytes.
    static let configByteLimit = 16 << 20

    /// Reads and parses a JSON file whose top is an object.
    static func jsonObject(_ path: String, syntaxRule: InputRule, byteLimit: Int = configByteLimit) throws(InputError)
        -> JSONObject
    {
        try object(json(path, syntaxRule: syntaxRule, byteLimit: byteLimit), file: path, syntaxRule: syntaxRule)
    }

    /// Parses the bytes of a JSON file whose top is an object; `path` names the file in errors.
    static func jsonObject(_ bytes: [UInt8], file path: String, syntaxRule: InputRule) throws(InputError) -> JSONObject
    {
        try object(json(bytes, file: path, syntaxRule: syntaxRule), file: path, syntaxRule: syntaxRule)
    }

    /// Reads and parses a JSON file.
    static func json(_ path: String, syntaxRule: InputRule, byteLimit: Int) throws(InputError) -> JSONValue {
        let file = try InputFile(opening: path)
        if file.byteCount > byteLimit {
            throw InputError(
                .jsonTooLarge, file: path, found: "\(file.byteCount) bytes", required: "at most \(byteLimit)")
        }
        return try json(try file.bytes(0..<file.byteCount), file: path, syntaxRule: syntaxRule)
    }

    private static func json(_ bytes: [UInt8], file path: String, syntaxRule: InputRule) throws(InputError) -> JSONValue
    {
        do throws(JSONError) {
            return try JSONReader.parse(bytes)
        } catch {
            throw InputError(syntaxRule, file: path, at: .byte(error.offset), found: error.reason.phrase)
        }
    }

    private static func object(_ value: JSONValue, file path: String, syntaxRule: InputRule) throws(InputError)
        -> JSONObject
    {
        guard case .object(let object) = value else {
            throw InputError(syntaxRule, file: path, at: .byte(0), found: value.kindName, required: "an object")
        }
        return object
    }
}

extension JSONError.Reason {
    /// What was found, in a few words.
    var phrase: String {
        switch self {
        case .unexpectedByte: "a byte that JSON does not allow here"
        case .unexpectedEnd: "the end of the text inside a value"
        case .trailingBytes: "bytes after the value"
        case .byteOrderMark: "a byte order mark"
        case .invalidUTF8: "a string that is not UTF-8"
        case .controlCharacter: "a control character in a string"
        case .invalidEscape: "an unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .malformedNumber: "a malformed number"
        case .duplicateKey(let key, let firstOffset): "the key \"\(key)\" again (first at byte \(firstOffset))"
        case .tooDeep(let limit): "more than \(limit) levels of nesting"
        case .tooManyValues(let limit): "more than \(limit) values"
        }
    }
}

/// Reads whole JSON files.
public enum JSONFile {
    /// The largest JSON file other than a tokenizer, in bytes.
    public static let configurationByteLimit = 16 << 20

    /// Reads and parses a file that contains an object. `syntaxRule` is the rule that malformed JSON breaks.
    public static func object(
        _ path: String, syntaxRule: InputRule, byteLimit: Int = configurationByteLimit
    ) throws(InputError) -> JSONObject {
        try object(bytes(path, byteLimit: byteLimit), file: path, syntaxRule: syntaxRule)
    }

    /// Parses the bytes of a file that contains an object. `path` is for error messages.
    public static func object(
        _ bytes: [UInt8], file path: String, syntaxRule: InputRule
    ) throws(InputError) -> JSONObject {
        let value = try value(bytes, file: path, syntaxRule: syntaxRule)
        guard case .object(let object) = value else {
            throw InputError(syntaxRule, file: path, at: .byte(0), found: value.kindName, required: "an object")
        }
        return object
    }

    /// Reads and parses a file.
    public static func value(
        _ path: String, syntaxRule: InputRule, byteLimit: Int = configurationByteLimit
    ) throws(InputError) -> JSONValue {
        try value(bytes(path, byteLimit: byteLimit), file: path, syntaxRule: syntaxRule)
    }

    /// Reads a file of at most `byteLimit` bytes.
    static func bytes(_ path: String, byteLimit: Int) throws(InputError) -> [UInt8] {
        let file = try InputFile(opening: path)
        if file.byteCount > byteLimit {
            throw InputError(
                .jsonTooLarge, file: path, found: "\(file.byteCount) bytes", required: "at most \(byteLimit)")
        }
        return try file.bytes(0..<file.byteCount)
    }

    private static func value(
        _ bytes: [UInt8], file path: String, syntaxRule: InputRule
    ) throws(InputError) -> JSONValue {
        try MemoryProbe.require(bytes.count * JSONReader.memoryPerByte, toRead: path)
        do throws(JSONError) {
            return try JSONReader.parse(bytes)
        } catch {
            throw syntaxError(error, file: path, rule: syntaxRule)
        }
    }

    static func syntaxError(_ error: JSONError, file path: String, rule: InputRule) -> InputError {
        InputError(rule, file: path, at: .byte(error.offset), found: error.reason.phrase)
    }
}

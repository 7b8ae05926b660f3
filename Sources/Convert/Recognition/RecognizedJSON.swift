import SkipFiles

/// Reads JSON files of a model's directory, and says what a file is that is no JSON.
enum RecognizedJSON {
    /// Reads and parses a file that contains an object. `syntaxRule` is the rule that malformed JSON breaks.
    static func object(
        _ path: String, syntaxRule: InputRule, byteLimit: Int = JSONFile.configurationByteLimit
    ) throws(InputError) -> JSONObject {
        do throws(InputError) {
            return try JSONFile.object(path, syntaxRule: syntaxRule, byteLimit: byteLimit)
        } catch {
            guard error.rule == syntaxRule else { throw error }
            throw try ForeignFile.jsonFault(try InputFile(opening: path)) ?? error
        }
    }
}

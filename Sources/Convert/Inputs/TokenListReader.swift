import Model

/// A JSON list of token ids.
public enum TokenListReader {
    public static func read(_ path: String) throws(InputError) -> [UInt32] {
        let value = try SmallFile.json(path, syntaxRule: .tokenList, byteLimit: SmallFile.configByteLimit)
        guard case .array(let values) = value else {
            throw InputError(.tokenList, file: path, found: value.kindName, required: "a list of token ids")
        }
        var tokens: [UInt32] = []
        for (index, value) in values.enumerated() {
            guard case .number(let number) = value, let integer = number.integer, let token = UInt32(exactly: integer)
            else {
                throw InputError(
                    .tokenList, file: path, at: .field("[\(index)]"), found: value.kindName, required: "a token id")
            }
            tokens.append(token)
        }
        return tokens
    }
}

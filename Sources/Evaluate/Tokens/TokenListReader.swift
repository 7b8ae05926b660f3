import SkipFiles

/// Reads a JSON list of token ids.
package enum TokenListReader {
    package static func read(_ path: String) throws(EvaluationError) -> [UInt32] {
        try EvaluationError.input { () throws(InputError) in try tokens(path) }
    }

    private static func tokens(_ path: String) throws(InputError) -> [UInt32] {
        let value = try JSONFile.value(path, syntaxRule: .tokenList)
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

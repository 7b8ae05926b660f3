import SkipFiles
import SkipTokenizer

/// A fact about the tokenizer of a conversion that the user should know.
public enum TokenizerFinding: Equatable, Sendable {
    /// The model directory has no tokenizer that is read. `others` are the names of its tokenizer files of other
    /// formats.
    case absent(others: [String])
    /// Tokens without a row in the embedding are left out, because encoding never produces them.
    case leftOut(file: String, SurplusTokens)
}

/// Tokens whose ids are not below the number of rows of the embedding.
public struct SurplusTokens: Equatable, Sendable {
    public let count: Int
    /// The number of rows of the embedding.
    public let rowCount: Int
    /// The first of the tokens.
    public let first: [Token]

    /// The most tokens that `first` contains.
    static let namedCount = 4

    /// `ids` are the ids of the tokens, ascending.
    init(ids: some Collection<Int>, of definition: TokenizerDefinition, rowCount: Int) {
        count = ids.count
        self.rowCount = rowCount
        first = ids.prefix(Self.namedCount).map { id in
            let added = definition.addedTokens.first { $0.id == id }
            return Token(id: id, text: added.map { ByteString(bytes: $0.content) } ?? definition.tokens[id].bytes)
        }
    }

    public struct Token: Equatable, Sendable, CustomStringConvertible {
        public let id: Int
        /// The content of an added token, or the bytes of another token.
        public let text: ByteString

        /// The start of the text in quotes, and the id.
        public var description: String {
            let start = ByteString(bytes: Array(text.bytes.prefix(Self.printedByteLimit)))
            return "\"\(start)\(text.count > Self.printedByteLimit ? "…" : "")\" (\(id))"
        }

        private static let printedByteLimit = 40
    }

    /// The first tokens, separated by commas, and "…" if there are more.
    public var list: String { first.map(\.description).joined(separator: ", ") + (count > first.count ? ", …" : "") }
}

import SkipFiles
import SkipTokenizer

/// The tokens of a SentencePiece model with those that `tokenizer_config.json` adds or renames.
struct AddedTokenList {
    private(set) var tokens: [TokenizerDefinition.Token] = []
    private(set) var added: [TokenizerDefinition.AddedToken] = []

    private let model: SentencePieceModel
    private let configuration: TokenizerConfiguration
    private let file: String

    init(_ model: SentencePieceModel, _ configuration: TokenizerConfiguration, file: String) {
        self.model = model
        self.configuration = configuration
        self.file = file
    }

    /// Reads all tokens.
    ///
    /// Control pieces and the unknown piece are special and recognised in the unchanged text; user-defined ones are
    /// recognised in the normalized text, as SentencePiece does.
    mutating func read() throws(InputError) {
        let configured = Dictionary(
            configuration.tokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var contents: Set<ByteString> = []
        for (id, piece) in model.pieces.enumerated() {
            let token = configured[id]
            let text = token?.content ?? piece.text
            guard text == piece.text || piece.kind == .control || piece.kind == .unused else {
                throw error(.tokenizerAddedToken, id, "\"\(text)\" for the piece \"\(piece.text)\"")
            }
            guard contents.insert(text).inserted else {
                throw error(.tokenizerAddedToken, id, "\"\(text)\" for the second time")
            }
            tokens.append(.init(bytes: text, isWord: piece.kind == .normal))
            if let options = token?.options ?? Self.options(piece.kind) { try add(id, text, options) }
        }
        for token in configuration.tokens where token.id >= model.pieces.count {
            guard token.id == tokens.count else {
                throw error(.tokenizerTokenID, token.id, "id \(token.id) after \(tokens.count) tokens")
            }
            guard contents.insert(token.content).inserted else {
                throw error(.tokenizerAddedToken, token.id, "\"\(token.content)\" for the second time")
            }
            tokens.append(.init(bytes: token.content, isWord: false))
            try add(token.id, token.content, token.options)
        }
    }

    private static func options(_ kind: SentencePieceModel.Piece.Kind) -> AddedTokenOptions? {
        switch kind {
        case .unknown, .control: .special
        case .userDefined: .normalized
        case .normal, .unused, .byte: nil
        }
    }

    private mutating func add(_ id: Int, _ content: ByteString, _ options: AddedTokenOptions) throws(InputError) {
        added.append(.init(id: UInt32(id), content: content.bytes, options: options))
    }

    private func error(_ rule: InputRule, _ id: Int, _ found: String) -> InputError {
        InputError(rule, file: file, at: .field("added_tokens_decoder.\(id)"), found: found)
    }

    /// Returns the id of a token that encoding adds to a text: the configured one, or that of the model; nothing if
    /// neither exists or none is added.
    func templateID(_ isAdded: Bool, _ name: ByteString?, _ id: Int) throws(InputError) -> [UInt32] {
        guard isAdded else { return [] }
        if let name {
            guard let found = tokens.firstIndex(where: { $0.bytes == name }) else {
                throw InputError(
                    .tokenizerSpecialID, file: file, found: "\"\(name)\"", required: "a token of the vocabulary")
            }
            return [UInt32(found)]
        }
        return tokens.indices.contains(id) ? [UInt32(id)] : []
    }
}

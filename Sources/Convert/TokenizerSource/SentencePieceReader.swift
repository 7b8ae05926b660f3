import SkipFiles
import SkipTokenizer

/// Makes a tokenizer of a SentencePiece model and `tokenizer_config.json`.
///
/// The result is that of the `tokenizer.json` that Transformers 5 makes of a model's own settings
/// (`SpmConverter.build_tokenizer_from_spm_proto`): merges in the order of the pieces' scores, then of their ids, then
/// of their left tokens.
struct SentencePieceReader {
    private typealias Token = TokenizerDefinition.Token

    private let model: SentencePieceModel
    private let configuration: TokenizerConfiguration
    private let file: String

    init(
        _ model: SentencePieceModel, _ configuration: TokenizerConfiguration, file: String
    ) throws(InputError) {
        self.model = model
        self.configuration = configuration
        self.file = file
        guard model.modelType == 2 else {
            let names: [UInt64: String] = [1: "Unigram", 3: "WordLevel", 4: "a model of characters"]
            throw unsupported(names[model.modelType] ?? "the model type \(model.modelType)", required: "BPE")
        }
        guard !model.hasCharacterMap else {
            throw unsupported("the normalizer \"\(model.normalizerName)\"", required: "\"identity\"")
        }
        if model.treatsSpaceAsSuffix { throw unsupported("white space as a suffix", required: "as a prefix") }
    }

    private func unsupported(_ found: String, required: String) -> InputError {
        InputError(.tokenizerUnsupported, file: file, found: found, required: required)
    }

    func definition() throws(InputError) -> TokenizerDefinition {
        var list = AddedTokenList(model, configuration, file: file)
        try list.read()
        let byteTokenIDs = try self.byteTokenIDs()
        var kind = CharacterModel(fallsBackToBytes: model.fallsBackToBytes)
        if !model.fallsBackToBytes || byteTokenIDs.contains(nil) {
            kind.unknownID = model.pieces.firstIndex { $0.kind == .unknown }.map { UInt32($0) }
            kind.fusesUnknown = kind.unknownID != nil
        }
        let definition = TokenizerDefinition(
            tokens: list.tokens, byteTokenIDs: byteTokenIDs, merges: merges(), addedTokens: list.added,
            model: .characters(kind), normalization: normalization, splitting: splitting, decoding: decoding,
            prefixIDs: try list.templateID(configuration.addsBOS ?? true, configuration.bosToken, Int(model.bosID)),
            suffixIDs: try list.templateID(configuration.addsEOS ?? false, configuration.eosToken, Int(model.eosID)))
        return definition.dividedAtSpaceMarks()
    }

    // MARK: Steps

    private static let space = [UInt8(ascii: " ")]
    private var mark: [UInt8] { model.escapesSpaces ? TokenizerDefinition.spaceMark : Self.space }
    private var addsPrefix: Bool { model.addsDummyPrefix && configuration.addsPrefixSpace ?? true }

    private var normalization: [NormalizationStep] {
        var steps: [NormalizationStep] = []
        if model.removesExtraSpaces { steps += [.trim(Self.space), .collapse(Self.space)] }
        if addsPrefix, configuration.isLegacy { steps.append(.prepend(mark)) }
        if model.escapesSpaces { steps.append(.replace(Self.space, with: mark)) }
        return steps
    }

    private var splitting: [SplittingStep] {
        addsPrefix && !configuration.isLegacy ? [.metaspace(replacement: mark, prefix: .first)] : []
    }

    private var decoding: [DecodingStep] {
        var steps: [DecodingStep] = []
        if model.escapesSpaces { steps.append(.replace(mark, with: Self.space)) }
        if model.fallsBackToBytes || steps.isEmpty { steps.append(.byteFallback) }
        if addsPrefix { steps.append(.stripStart(Self.space, count: 1)) }
        return steps
    }

    // MARK: Vocabulary

    /// Returns the token of each byte.
    private func byteTokenIDs() throws(InputError) -> [UInt32?] {
        var ids = [UInt32?](repeating: nil, count: 256)
        guard model.fallsBackToBytes else { return ids }
        var bytes: [ByteString: Int] = [:]
        for byte in 0..<256 { bytes[ByteString(bytes: ByteToken.spelling(of: UInt8(byte)))] = byte }
        for (id, piece) in model.pieces.enumerated() where piece.kind == .byte {
            guard let byte = bytes[piece.text] else {
                throw InputError(
                    .tokenizerModelFile, file: file, found: "the byte \"\(piece.text)\"", required: "<0x00> to <0xFF>")
            }
            ids[byte] = UInt32(id)
        }
        return ids
    }

    private func merges() -> [TokenizerDefinition.Merge] {
        let words = model.pieces.indices.filter { model.pieces[$0].kind == .normal }
        let splits = SplitMerges(words.map { (model.pieces[$0].text, UInt32($0)) })
        let byScore = words.sorted { left, right in
            let (leftScore, rightScore) = (model.pieces[left].score, model.pieces[right].score)
            return leftScore != rightScore ? leftScore > rightScore : left < right
        }
        return byScore.flatMap {
            splits.merges(of: model.pieces[$0].text, id: UInt32($0), betweenCharacters: true)
        }
    }
}

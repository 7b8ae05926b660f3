import SkipFiles

/// A tokenizer that reads the bytes of its compiled table in place.
///
/// Only the initializer throws. After it, encoding and decoding cannot fail and do not trap, whatever the text.
/// The initializer copies no vocabulary: it checks the table in time linear in its size.
public struct CompiledTokenizer: Sendable {
    let bytes: TableBytes
    let layout: TableLayout
    public let model: ModelKind
    public let normalization: [NormalizationStep]
    let splitting: TextSplitting
    let decoding: DecodingSteps
    /// Whether a word that is itself a token becomes that token, whatever the merges say.
    public let ignoresMerges: Bool
    /// The added tokens that are recognised in the text before it is normalized.
    let verbatimAddedTokens: AddedTokenIndex
    /// The added tokens that are recognised in the normalized text.
    let normalizedAddedTokens: AddedTokenIndex
    /// Ids of the special tokens, ascending.
    let specialIDs: [UInt32]
    /// Keeps the table's bytes alive.
    private let owner: (any Sendable)?

    /// Checks a compiled table and creates a tokenizer that reads it. The bytes must not change, and must live as long as
    /// `owner` or, without an owner, as long as the tokenizer.
    ///
    /// - Parameter tokenLimit: the number of rows of the embedding whose model uses the tokenizer.
    /// - Throws: the first rule of `specs/tokenizer.md` that the bytes break.
    public init(
        validating table: UnsafeRawBufferPointer, tokenLimit: Int = .max, owner: (any Sendable)? = nil
    ) throws(TokenizerTableError) {
        let bytes = unsafe TableBytes(table)
        let validation = try TableValidation(bytes)
        let layout = validation.layout
        guard layout.tokenCount <= tokenLimit else {
            throw .tooManyTokens(found: layout.tokenCount, limit: tokenLimit)
        }
        self.bytes = bytes
        self.layout = layout
        self.owner = owner
        model = validation.model
        normalization = validation.steps.normalization
        splitting = validation.steps.splitting
        decoding = DecodingSteps(validation.steps.decoding)
        ignoresMerges = validation.ignoresMerges
        let verbatimCount = layout.verbatimAddedTokenCount
        verbatimAddedTokens = AddedTokenIndex(bytes, layout, records: 0..<verbatimCount)
        normalizedAddedTokens = AddedTokenIndex(bytes, layout, records: verbatimCount..<layout.addedTokenCount)
        specialIDs = (0..<layout.addedTokenCount)
            .filter { layout.addedTokenOptions($0, in: bytes).contains(.special) }
            .map { layout.addedTokenID($0, in: bytes) }
            .sorted()
    }

    /// The number of ids. Every id that encoding returns is below it.
    public var vocabularySize: Int { layout.tokenCount }

    /// Ids that encoding puts before a text.
    public var prefixIDs: [UInt32] { layout.identifiers(at: layout.prefixIDs, count: layout.prefixIDCount, in: bytes) }

    /// Ids that encoding puts after a text.
    public var suffixIDs: [UInt32] { layout.identifiers(at: layout.suffixIDs, count: layout.suffixIDCount, in: bytes) }

    /// Returns the bytes of one token, not necessarily UTF-8 alone; nil for an id without a token. In a model of
    /// characters they are its spelling, which decoding changes.
    public func tokenBytes(_ id: UInt32) -> [UInt8]? {
        id < UInt32(layout.tokenCount) ? bytes.array(layout.tokenByteRange(id, in: bytes)) : nil
    }

    /// Returns whether the id is that of a special token.
    public func isSpecial(_ id: UInt32) -> Bool {
        let index = specialIDs.partitioningIndex { $0 >= id }
        return index < specialIDs.count && specialIDs[index] == id
    }

    /// Returns the text of some ids, always valid UTF-8: bytes that are not UTF-8 become U+FFFD, as in Hugging Face's
    /// tokenizers. Ids without a token are skipped.
    public func decode(_ ids: [UInt32], skipSpecialTokens: Bool = true) -> [UInt8] {
        if decoding.joinsBytes {
            var joined: [UInt8] = []
            for id in ids where isDecoded(id, skipSpecialTokens) {
                bytes.append(layout.tokenByteRange(id, in: bytes), to: &joined)
            }
            return UTF8Text.repaired(joined)
        }
        var text: [UInt8] = []
        var decoder = TextDecoding(decoding)
        for id in ids { append(id, skipSpecialTokens: skipSpecialTokens, decoder: &decoder, to: &text) }
        decoder.finish(to: &text)
        return text
    }

    /// Decodes one token, unless it is skipped.
    func append(_ id: UInt32, skipSpecialTokens: Bool, decoder: inout TextDecoding, to text: inout [UInt8]) {
        guard isDecoded(id, skipSpecialTokens) else { return }
        decoder.append(bytes.array(layout.tokenByteRange(id, in: bytes)).span, to: &text)
    }

    private func isDecoded(_ id: UInt32, _ skipsSpecialTokens: Bool) -> Bool {
        Int(id) < layout.tokenCount && !(skipsSpecialTokens && isSpecial(id))
    }

    /// Returns the ids of a text, the same as Hugging Face's tokenizers.
    ///
    /// - Parameters:
    ///   - addSpecialTokens: Adds the tokenizer's own ids before and after the text (Llama 3: begin of text).
    ///   - parseSpecialTokens: Recognises special tokens in the text; pass false for text from an untrusted source.
    public func encode(_ text: String, addSpecialTokens: Bool = true, parseSpecialTokens: Bool = true) -> [UInt32] {
        encode(Array(text.utf8), addSpecialTokens: addSpecialTokens, parseSpecialTokens: parseSpecialTokens)
    }

    /// Returns the ids of a text in UTF-8. Bytes that are not UTF-8 count as U+FFFD, one for each maximal subpart, as
    /// in `String(decoding:as:)` and Python's `errors="replace"`.
    public func encode(_ text: [UInt8], addSpecialTokens: Bool = true, parseSpecialTokens: Bool = true) -> [UInt32] {
        var encoding = TextEncoding(self, parsesSpecialTokens: parseSpecialTokens)
        if addSpecialTokens { encoding.ids = prefixIDs }
        encoding.append(UTF8Text.repaired(text).span)
        return addSpecialTokens ? encoding.ids + suffixIDs : encoding.ids
    }
}

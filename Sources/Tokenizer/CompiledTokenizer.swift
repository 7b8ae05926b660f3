import SkipFiles

/// A tokenizer that runs from the bytes of its compiled table, where they lie.
///
/// The initializer is the only door that throws; after it nothing fails and nothing traps, whatever the text.
/// Making one copies no vocabulary: it checks the table in time linear in its size.
public struct CompiledTokenizer: Sendable {
    let bytes: TableBytes
    let layout: TableLayout
    public let preTokenizer: PreTokenizer
    public let normalizer: TextNormalizer
    public let addsPrefixSpace: Bool
    /// Whether the tokenizer was defined to take a word that is a token before any merge.
    public let ignoresMerges: Bool
    /// Added tokens recognised in the text as it is, and those recognised in the normalized text.
    let verbatimAddedTokens: AddedTokenIndex
    let normalizedAddedTokens: AddedTokenIndex
    /// Ids of the special tokens, ascending.
    let specialIDs: [UInt32]

    /// Checks a compiled table and takes it into use. The bytes must outlive the tokenizer and must not change.
    ///
    /// - Throws: the first rule of `specs/tokenizer.md` that the bytes break.
    public init(validating table: UnsafeRawBufferPointer) throws(TokenizerTableError) {
        let bytes = unsafe TableBytes(table)
        let validation = try TableValidation(bytes)
        let layout = validation.layout
        self.bytes = bytes
        self.layout = layout
        preTokenizer = validation.preTokenizer
        normalizer = validation.normalizer
        addsPrefixSpace = validation.flags & TableLayout.addsPrefixSpaceFlag != 0
        ignoresMerges = validation.flags & TableLayout.ignoresMergesFlag != 0
        let verbatimCount = layout.verbatimAddedTokenCount
        verbatimAddedTokens = AddedTokenIndex(bytes, layout, records: 0..<verbatimCount)
        normalizedAddedTokens = AddedTokenIndex(bytes, layout, records: verbatimCount..<layout.addedTokenCount)
        specialIDs = (0..<layout.addedTokenCount)
            .filter { layout.addedTokenOptions($0, in: bytes).contains(.special) }
            .map { layout.addedTokenID($0, in: bytes) }
            .sorted()
    }

    /// How many ids there are: every id that encoding returns is below it.
    public var vocabularySize: Int { layout.tokenCount }

    public var mergeCount: Int { layout.mergeCount }

    public var addedTokenCount: Int { layout.addedTokenCount }

    /// Ids that encoding puts before a text.
    public var prefixIDs: [UInt32] { layout.identifiers(at: layout.prefixIDs, count: layout.prefixIDCount, in: bytes) }

    /// Ids that encoding puts after a text.
    public var suffixIDs: [UInt32] { layout.identifiers(at: layout.suffixIDs, count: layout.suffixIDCount, in: bytes) }

    /// What one token decodes to, not necessarily UTF-8 by itself; nil for an id without a token.
    public func tokenBytes(_ id: UInt32) -> [UInt8]? {
        id < UInt32(layout.tokenCount) ? bytes.array(layout.tokenByteRange(id, in: bytes)) : nil
    }

    /// Whether the id is that of a special token, which decoding leaves out when asked to.
    public func isSpecial(_ id: UInt32) -> Bool {
        let index = specialIDs.partitioningIndex { $0 >= id }
        return index < specialIDs.count && specialIDs[index] == id
    }

    /// The text of some ids, always valid UTF-8: bytes that are not UTF-8 become U+FFFD, one for each maximal subpart.
    /// Ids without a token are passed over, as Hugging Face's tokenizers do.
    public func decode(_ ids: [UInt32], skipSpecialTokens: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = []
        for id in ids { appendTokenBytes(id, skipSpecialTokens: skipSpecialTokens, to: &bytes) }
        return UTF8Text.repaired(bytes)
    }

    func appendTokenBytes(_ id: UInt32, skipSpecialTokens: Bool, to output: inout [UInt8]) {
        guard Int(id) < layout.tokenCount, !(skipSpecialTokens && isSpecial(id)) else { return }
        bytes.append(layout.tokenByteRange(id, in: bytes), to: &output)
    }

    /// The ids of a text, as Hugging Face's tokenizers give them.
    ///
    /// - Parameters:
    ///   - addSpecialTokens: Put the tokenizer's own ids before and after (Llama 3: begin of text).
    ///   - parseSpecialTokens: Recognise special tokens in the text; false for text that a stranger wrote.
    public func encode(_ text: String, addSpecialTokens: Bool = true, parseSpecialTokens: Bool = true) -> [UInt32] {
        encode(Array(text.utf8), addSpecialTokens: addSpecialTokens, parseSpecialTokens: parseSpecialTokens)
    }

    /// The ids of a text of UTF-8. Bytes that are not UTF-8 count as U+FFFD, one for each maximal subpart, as in
    /// `String(decoding:as:)` and Python's `errors="replace"`.
    public func encode(_ text: [UInt8], addSpecialTokens: Bool = true, parseSpecialTokens: Bool = true) -> [UInt32] {
        var encoding = TextEncoding(self, parsesSpecialTokens: parseSpecialTokens)
        if addSpecialTokens { encoding.ids = prefixIDs }
        encoding.append(UTF8Text.repaired(text).span)
        return addSpecialTokens ? encoding.ids + suffixIDs : encoding.ids
    }
}

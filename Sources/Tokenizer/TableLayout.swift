/// The positions of a compiled table's sections. All follow from the counts in the header.
///
///     header │ byte tokens │ token starts │ merge rows │ merges │ whole words │ added tokens
///     │ prefix ids │ suffix ids │ token bytes │ added token bytes
struct TableLayout {
    static let headerSize = 64
    static let magic: UInt32 = 0x4B54_4B53  // "SKTK"
    static let version: UInt32 = 1
    static let noToken = UInt32.max
    static let mergeStride = 12
    static let addedTokenStride = 12
    static let addsPrefixSpaceFlag: UInt8 = 1
    static let ignoresMergesFlag: UInt8 = 2

    /// Byte offsets inside the header.
    enum Header {
        static let magic = 0
        static let version = 4
        static let byteCount = 8
        static let tokenCount = 16
        static let mergeCount = 20
        static let wholeWordCount = 24
        static let verbatimAddedTokenCount = 28
        static let normalizedAddedTokenCount = 32
        static let prefixIDCount = 36
        static let suffixIDCount = 40
        static let tokenByteCount = 44
        static let addedTokenByteCount = 48
        static let preTokenizer = 52
        static let normalizer = 53
        static let flags = 54
        static let reserved = 55..<64
    }

    let tokenCount: Int
    let mergeCount: Int
    let wholeWordCount: Int
    let verbatimAddedTokenCount: Int
    let normalizedAddedTokenCount: Int
    let prefixIDCount: Int
    let suffixIDCount: Int
    let tokenByteCount: Int
    let addedTokenByteCount: Int

    let byteTokens: Int
    let tokenStarts: Int
    let mergeRows: Int
    let merges: Int
    let wholeWords: Int
    let addedTokens: Int
    let prefixIDs: Int
    let suffixIDs: Int
    let tokenBytes: Int
    let addedTokenBytes: Int
    /// The end of the last section. Padding to a multiple of eight follows.
    let contentEnd: Int
    let byteCount: Int

    var addedTokenCount: Int { verbatimAddedTokenCount + normalizedAddedTokenCount }

    /// Computes the positions. No sum overflows, because every count is below 2³² and every stride at most 12.
    init(
        tokenCount: UInt32, mergeCount: UInt32, wholeWordCount: UInt32, verbatimAddedTokenCount: UInt32,
        normalizedAddedTokenCount: UInt32, prefixIDCount: UInt32, suffixIDCount: UInt32, tokenByteCount: UInt32,
        addedTokenByteCount: UInt32
    ) {
        self.tokenCount = Int(tokenCount)
        self.mergeCount = Int(mergeCount)
        self.wholeWordCount = Int(wholeWordCount)
        self.verbatimAddedTokenCount = Int(verbatimAddedTokenCount)
        self.normalizedAddedTokenCount = Int(normalizedAddedTokenCount)
        self.prefixIDCount = Int(prefixIDCount)
        self.suffixIDCount = Int(suffixIDCount)
        self.tokenByteCount = Int(tokenByteCount)
        self.addedTokenByteCount = Int(addedTokenByteCount)
        byteTokens = Self.headerSize
        tokenStarts = byteTokens + 256 * 4
        mergeRows = tokenStarts + (self.tokenCount + 1) * 4
        merges = mergeRows + (self.tokenCount + 1) * 4
        wholeWords = merges + self.mergeCount * Self.mergeStride
        addedTokens = wholeWords + self.wholeWordCount * 4
        let addedTokenCount = self.verbatimAddedTokenCount + self.normalizedAddedTokenCount
        prefixIDs = addedTokens + addedTokenCount * Self.addedTokenStride
        suffixIDs = prefixIDs + self.prefixIDCount * 4
        tokenBytes = suffixIDs + self.suffixIDCount * 4
        addedTokenBytes = tokenBytes + self.tokenByteCount
        contentEnd = addedTokenBytes + self.addedTokenByteCount
        byteCount = (contentEnd + 7) & ~7
    }

    /// Reads the counts from a header. `header` must hold at least `headerSize` bytes.
    init(header: TableBytes) {
        self.init(
            tokenCount: header.uint32(at: Header.tokenCount),
            mergeCount: header.uint32(at: Header.mergeCount),
            wholeWordCount: header.uint32(at: Header.wholeWordCount),
            verbatimAddedTokenCount: header.uint32(at: Header.verbatimAddedTokenCount),
            normalizedAddedTokenCount: header.uint32(at: Header.normalizedAddedTokenCount),
            prefixIDCount: header.uint32(at: Header.prefixIDCount),
            suffixIDCount: header.uint32(at: Header.suffixIDCount),
            tokenByteCount: header.uint32(at: Header.tokenByteCount),
            addedTokenByteCount: header.uint32(at: Header.addedTokenByteCount)
        )
    }
}

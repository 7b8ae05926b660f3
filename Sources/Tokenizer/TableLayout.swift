/// The positions of a compiled table's sections. All follow from the counts in the header.
///
///     header │ byte tokens │ token starts │ merge rows │ merges │ characters │ whole words │ added tokens
///     │ prefix ids │ suffix ids │ steps │ token bytes │ added token bytes │ step texts
struct TableLayout {
    static let headerSize = 80
    static let magic: UInt32 = 0x4B54_4B53  // "SKTK"
    static let version: UInt32 = 2
    static let noToken = UInt32.max
    static let mergeStride = 12
    static let addedTokenStride = 12
    static let characterStride = 8
    static let stepStride = 16
    static let bytesKind: UInt8 = 1
    static let charactersKind: UInt8 = 2
    static let ignoresMergesFlag: UInt8 = 1
    static let byteFallbackFlag: UInt8 = 2
    static let fusesUnknownFlag: UInt8 = 4

    /// Byte offsets inside the header.
    enum Header {
        static let magic = 0
        static let version = 4
        static let byteCount = 8
        static let tokenCount = 16
        static let mergeCount = 20
        static let characterCount = 24
        static let wholeWordCount = 28
        static let verbatimAddedTokenCount = 32
        static let normalizedAddedTokenCount = 36
        static let prefixIDCount = 40
        static let suffixIDCount = 44
        static let stepCount = 48
        static let tokenByteCount = 52
        static let addedTokenByteCount = 56
        static let stepByteCount = 60
        static let unknownID = 64
        static let modelKind = 68
        static let flags = 69
        static let reserved = 70..<80
    }

    /// The counts of a header, in its order.
    struct Counts {
        var tokens: UInt32 = 0
        var merges: UInt32 = 0
        var characters: UInt32 = 0
        var wholeWords: UInt32 = 0
        var verbatimAddedTokens: UInt32 = 0
        var normalizedAddedTokens: UInt32 = 0
        var prefixIDs: UInt32 = 0
        var suffixIDs: UInt32 = 0
        var steps: UInt32 = 0
        var tokenBytes: UInt32 = 0
        var addedTokenBytes: UInt32 = 0
        var stepBytes: UInt32 = 0
    }

    let tokenCount: Int
    let mergeCount: Int
    let characterCount: Int
    let wholeWordCount: Int
    let verbatimAddedTokenCount: Int
    let normalizedAddedTokenCount: Int
    let prefixIDCount: Int
    let suffixIDCount: Int
    let stepCount: Int
    let tokenByteCount: Int
    let addedTokenByteCount: Int
    let stepByteCount: Int

    let byteTokens: Int
    let tokenStarts: Int
    let mergeRows: Int
    let merges: Int
    let characters: Int
    let wholeWords: Int
    let addedTokens: Int
    let prefixIDs: Int
    let suffixIDs: Int
    let steps: Int
    let tokenBytes: Int
    let addedTokenBytes: Int
    let stepBytes: Int
    /// The end of the last section. Padding to a multiple of eight follows.
    let contentEnd: Int
    let byteCount: Int

    var addedTokenCount: Int { verbatimAddedTokenCount + normalizedAddedTokenCount }

    /// Computes the positions. No sum overflows, because every count is below 2³² and every stride at most 16.
    init(_ counts: Counts) {
        tokenCount = Int(counts.tokens)
        mergeCount = Int(counts.merges)
        characterCount = Int(counts.characters)
        wholeWordCount = Int(counts.wholeWords)
        verbatimAddedTokenCount = Int(counts.verbatimAddedTokens)
        normalizedAddedTokenCount = Int(counts.normalizedAddedTokens)
        prefixIDCount = Int(counts.prefixIDs)
        suffixIDCount = Int(counts.suffixIDs)
        stepCount = Int(counts.steps)
        tokenByteCount = Int(counts.tokenBytes)
        addedTokenByteCount = Int(counts.addedTokenBytes)
        stepByteCount = Int(counts.stepBytes)
        byteTokens = Self.headerSize
        tokenStarts = byteTokens + 256 * 4
        mergeRows = tokenStarts + (tokenCount + 1) * 4
        merges = mergeRows + (tokenCount + 1) * 4
        characters = merges + mergeCount * Self.mergeStride
        wholeWords = characters + characterCount * Self.characterStride
        addedTokens = wholeWords + wholeWordCount * 4
        prefixIDs = addedTokens + (verbatimAddedTokenCount + normalizedAddedTokenCount) * Self.addedTokenStride
        suffixIDs = prefixIDs + prefixIDCount * 4
        steps = suffixIDs + suffixIDCount * 4
        tokenBytes = steps + stepCount * Self.stepStride
        addedTokenBytes = tokenBytes + tokenByteCount
        stepBytes = addedTokenBytes + addedTokenByteCount
        contentEnd = stepBytes + stepByteCount
        byteCount = (contentEnd + 7) & ~7
    }

    /// Reads the counts from a header. `header` must hold at least `headerSize` bytes.
    init(header: TableBytes) {
        self.init(
            Counts(
                tokens: header.uint32(at: Header.tokenCount),
                merges: header.uint32(at: Header.mergeCount),
                characters: header.uint32(at: Header.characterCount),
                wholeWords: header.uint32(at: Header.wholeWordCount),
                verbatimAddedTokens: header.uint32(at: Header.verbatimAddedTokenCount),
                normalizedAddedTokens: header.uint32(at: Header.normalizedAddedTokenCount),
                prefixIDs: header.uint32(at: Header.prefixIDCount),
                suffixIDs: header.uint32(at: Header.suffixIDCount),
                steps: header.uint32(at: Header.stepCount),
                tokenBytes: header.uint32(at: Header.tokenByteCount),
                addedTokenBytes: header.uint32(at: Header.addedTokenByteCount),
                stepBytes: header.uint32(at: Header.stepByteCount)))
    }
}

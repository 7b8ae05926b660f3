/// The checks that make a table safe to use. Each rule TT-n of `specs/tokenizer.md` is one function or one guard.
struct TableValidation {
    let bytes: TableBytes
    let layout: TableLayout
    let model: ModelKind
    let ignoresMerges: Bool
    let steps: TextSteps

    /// Checks all rules.
    ///
    /// - Throws: the first broken rule.
    init(_ bytes: TableBytes) throws(TokenizerTableError) {
        typealias Header = TableLayout.Header
        guard bytes.count >= TableLayout.headerSize else {
            throw .wrongLength(required: UInt64(TableLayout.headerSize), found: UInt64(bytes.count))
        }
        guard bytes.uint32(at: Header.magic) == TableLayout.magic else { throw .wrongMagic }
        let version = bytes.uint32(at: Header.version)
        guard version == TableLayout.version else { throw .unknownVersion(version) }
        self.bytes = bytes
        layout = TableLayout(header: bytes)
        let stated = bytes.uint64(at: Header.byteCount)
        guard stated == UInt64(layout.byteCount) else {
            throw .wrongLength(required: UInt64(layout.byteCount), found: stated)
        }
        guard layout.byteCount == bytes.count else { throw .wrongLength(required: stated, found: UInt64(bytes.count)) }
        let flags = bytes[Header.flags]
        model = try Self.model(bytes, flags: flags)
        ignoresMerges = flags & TableLayout.ignoresMergesFlag != 0
        steps = try Self.steps(bytes, layout)
        try checkZeros()
        try checkTokens()
        try checkMerges()
        try checkModel()
        try checkWholeWords()
        try checkAddedTokens()
        try checkIdentifiers(at: layout.prefixIDs, count: layout.prefixIDCount, section: .prefixIDs)
        try checkIdentifiers(at: layout.suffixIDs, count: layout.suffixIDCount, section: .suffixIDs)
    }

    /// Reads the model kind, the flags and the unknown token (TT-5).
    private static func model(_ bytes: TableBytes, flags: UInt8) throws(TokenizerTableError) -> ModelKind {
        typealias Header = TableLayout.Header
        let kind = bytes[Header.modelKind]
        let unknownID = bytes.uint32(at: Header.unknownID)
        let knownFlags: UInt8
        switch kind {
        case TableLayout.bytesKind: knownFlags = TableLayout.ignoresMergesFlag
        case TableLayout.charactersKind:
            knownFlags =
                TableLayout.ignoresMergesFlag | TableLayout.byteFallbackFlag | TableLayout.fusesUnknownFlag
        default: throw .unknownValue(field: .modelKind, value: UInt32(kind))
        }
        guard flags & ~knownFlags == 0 else { throw .unknownValue(field: .flags, value: UInt32(flags)) }
        if kind == TableLayout.bytesKind {
            guard unknownID == TableLayout.noToken else { throw .unknownValue(field: .unknownID, value: unknownID) }
            return .bytes
        }
        return .characters(
            CharacterModel(
                fallsBackToBytes: flags & TableLayout.byteFallbackFlag != 0,
                unknownID: unknownID == TableLayout.noToken ? nil : unknownID,
                fusesUnknown: flags & TableLayout.fusesUnknownFlag != 0))
    }

    /// Reads the steps (TT-16).
    private static func steps(_ bytes: TableBytes, _ layout: TableLayout) throws(TokenizerTableError) -> TextSteps {
        guard layout.stepCount <= TextSteps.limit else { throw .wrongStep(index: TextSteps.limit) }
        var steps: [TableStep] = []
        var byteCount = 0
        for index in 0..<layout.stepCount {
            guard let step = layout.step(index, in: bytes) else { throw .brokenStarts(section: .steps, index: index) }
            steps.append(step)
            byteCount += step.first.count + step.second.count
        }
        guard byteCount == layout.stepByteCount else {
            throw .brokenStarts(section: .steps, index: layout.stepCount)
        }
        return try TextSteps(steps)
    }

    /// Checks that reserved and padding bytes are zero (TT-4).
    private func checkZeros() throws(TokenizerTableError) {
        for offset in TableLayout.Header.reserved where bytes[offset] != 0 { throw .reservedByteSet(offset: offset) }
        for offset in layout.contentEnd..<layout.byteCount where bytes[offset] != 0 {
            throw .reservedByteSet(offset: offset)
        }
    }

    /// Checks `count + 1` starts that split `total` elements into `count` runs (TT-6).
    private func checkStarts(
        at offset: Int, count: Int, total: Int, section: TokenizerTableError.Section
    ) throws(TokenizerTableError) {
        var previous: UInt32 = 0
        guard bytes.uint32(at: offset) == 0 else { throw .brokenStarts(section: section, index: 0) }
        for index in 0...count {
            let start = bytes.uint32(at: offset + index * 4)
            guard start >= previous else { throw .brokenStarts(section: section, index: index) }
            previous = start
        }
        guard Int(previous) == total else { throw .brokenStarts(section: section, index: count) }
    }

    private func checkTokens() throws(TokenizerTableError) {
        try checkStarts(
            at: layout.tokenStarts, count: layout.tokenCount, total: layout.tokenByteCount, section: .tokens)
        for byte in 0..<256 {
            let id = bytes.uint32(at: layout.byteTokens + byte * 4)
            guard id == TableLayout.noToken || Int(id) < layout.tokenCount else {
                throw .idOutOfRange(section: .byteTokens, index: byte, id: id)
            }
        }
    }

    private func checkMerges() throws(TokenizerTableError) {
        try checkStarts(at: layout.mergeRows, count: layout.tokenCount, total: layout.mergeCount, section: .mergeRows)
        var seenRanks = [UInt64](repeating: 0, count: (layout.mergeCount + 63) / 64)
        for left in 0..<layout.tokenCount {
            let row = layout.mergeRows + left * 4
            let merges = Int(bytes.uint32(at: row))..<Int(bytes.uint32(at: row + 4))
            if merges.isEmpty { continue }
            let leftBytes = layout.tokenByteRange(UInt32(left), in: bytes)
            var previous: UInt32?
            for index in merges {
                let record = layout.merges + index * TableLayout.mergeStride
                let right = bytes.uint32(at: record)
                let rank = bytes.uint32(at: record + 4)
                let result = bytes.uint32(at: record + 8)
                let outside = max(right, result)
                guard Int(outside) < layout.tokenCount else {
                    throw .idOutOfRange(section: .merges, index: index, id: outside)
                }
                if let previous, previous >= right { throw .notSorted(section: .merges, index: index) }
                previous = right
                guard Int(rank) < layout.mergeCount, seenRanks[Int(rank / 64)] >> (rank % 64) & 1 == 0 else {
                    throw .repeatedOrWrongRank(index: index, rank: rank)
                }
                seenRanks[Int(rank / 64)] |= 1 << (rank % 64)
                guard concatenates(leftBytes, right, to: result) else { throw .mergeSpellsAnother(index: index) }
            }
        }
    }

    /// Returns whether the bytes of two tokens together are those of a third (TT-10).
    private func concatenates(_ left: Range<Int>, _ rightID: UInt32, to resultID: UInt32) -> Bool {
        let right = layout.tokenByteRange(rightID, in: bytes)
        let result = layout.tokenByteRange(resultID, in: bytes)
        return result.count == left.count + right.count
            && bytes.areEqual(result.lowerBound, left.lowerBound, count: left.count)
            && bytes.areEqual(result.lowerBound + left.count, right.lowerBound, count: right.count)
    }

    /// Checks the parts that only one kind of model has (TT-17, TT-18).
    private func checkModel() throws(TokenizerTableError) {
        guard case .characters(let model) = model else {
            guard layout.characterCount == 0 else { throw .wrongCharacter(index: 0) }
            guard steps.decoding == [.bytes] else { throw .wrongStep(index: layout.stepCount) }
            return
        }
        if steps.decoding == [.bytes] { throw .wrongStep(index: layout.stepCount) }
        if let id = model.unknownID, Int(id) >= layout.tokenCount {
            throw .idOutOfRange(section: .unknown, index: 0, id: id)
        }
        try checkTokensAreUTF8()
        var previous: UInt32?
        for index in 0..<layout.characterCount {
            let record = layout.characters + index * TableLayout.characterStride
            let scalar = bytes.uint32(at: record)
            let id = bytes.uint32(at: record + 4)
            guard Int(id) < layout.tokenCount else { throw .idOutOfRange(section: .characters, index: index, id: id) }
            if let previous, previous >= scalar { throw .notSorted(section: .characters, index: index) }
            previous = scalar
            let token = bytes.array(layout.tokenByteRange(id, in: bytes))
            guard let scalar = Unicode.Scalar(scalar), token.elementsEqual(UTF8.encode(scalar) ?? .init()) else {
                throw .wrongCharacter(index: index)
            }
        }
    }

    /// Checks that every token is UTF-8 (TT-18): all tokens together are, and each begins with a character.
    private func checkTokensAreUTF8() throws(TokenizerTableError) {
        let areTogether = bytes.isUTF8(layout.tokenBytes..<layout.tokenBytes + layout.tokenByteCount)
        for id in 0..<UInt32(layout.tokenCount) {
            let range = layout.tokenByteRange(id, in: bytes)
            let beginsCharacter = range.isEmpty || bytes[range.lowerBound] & 0xC0 != 0x80
            guard beginsCharacter, areTogether || bytes.isUTF8(range) else { throw .tokenNotUTF8(id: id) }
        }
    }

    private func checkWholeWords() throws(TokenizerTableError) {
        try checkIdentifiers(at: layout.wholeWords, count: layout.wholeWordCount, section: .wholeWords)
        guard layout.wholeWordCount > 1 else { return }
        for index in 1..<layout.wholeWordCount {
            let offset = layout.wholeWords + index * 4
            let before = layout.tokenByteRange(bytes.uint32(at: offset - 4), in: bytes)
            let this = layout.tokenByteRange(bytes.uint32(at: offset), in: bytes)
            guard bytes.precedes(before, this) else { throw .notSorted(section: .wholeWords, index: index) }
        }
    }

    private func checkAddedTokens() throws(TokenizerTableError) {
        var ids: [UInt32] = []
        var end: UInt32 = 0
        for record in 0..<layout.addedTokenCount {
            let offset = layout.addedTokens + record * TableLayout.addedTokenStride
            let id = bytes.uint32(at: offset)
            guard Int(id) < layout.tokenCount else { throw .idOutOfRange(section: .addedTokens, index: record, id: id) }
            ids.append(id)
            let options = AddedTokenOptions(rawValue: bytes.uint32(at: offset + 4))
            guard options.isSubset(of: .all),
                options.contains(.normalized) == (record >= layout.verbatimAddedTokenCount)
            else { throw .badAddedTokenOptions(index: record, options: options.rawValue) }
            let nextEnd = bytes.uint32(at: offset + 8)
            guard nextEnd >= end, Int(nextEnd) <= layout.addedTokenByteCount else {
                throw .brokenStarts(section: .addedTokens, index: record)
            }
            let length = Int(nextEnd - end)
            end = nextEnd
            let content = layout.addedTokenContent(record, in: bytes)
            guard length > 0, length <= TokenizerTable.addedTokenByteLimit,
                bytes.isUTF8(content)
            else { throw .badAddedTokenContent(index: record) }
            if record > 0, record != layout.verbatimAddedTokenCount {
                guard bytes.precedes(layout.addedTokenContent(record - 1, in: bytes), content) else {
                    throw .notSorted(section: .addedTokens, index: record)
                }
            }
        }
        guard Int(end) == layout.addedTokenByteCount else {
            throw .brokenStarts(section: .addedTokens, index: layout.addedTokenCount)
        }
        ids.sort()
        for (id, next) in zip(ids, ids.dropFirst()) where id == next { throw .repeatedAddedTokenID(id) }
    }

    private func checkIdentifiers(
        at offset: Int, count: Int, section: TokenizerTableError.Section
    ) throws(TokenizerTableError) {
        for index in 0..<count {
            let id = bytes.uint32(at: offset + index * 4)
            guard Int(id) < layout.tokenCount else { throw .idOutOfRange(section: section, index: index, id: id) }
        }
    }
}

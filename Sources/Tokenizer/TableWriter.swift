import SkipFiles

/// Writes a definition as a table.
struct TableWriter {
    private let definition: TokenizerDefinition
    private let wholeWords: [UInt32]
    private let verbatim: [TokenizerDefinition.AddedToken]
    private let normalized: [TokenizerDefinition.AddedToken]
    private let characters: [Character]
    private let steps: [TableStep]
    private let layout: TableLayout
    private var bytes = ByteWriter()

    init(_ definition: TokenizerDefinition, wholeWords: [UInt32]) throws(TokenizerTableError) {
        self.definition = definition
        self.wholeWords = wholeWords
        let sorted = definition.addedTokens.sorted { $0.content.lexicographicallyPrecedes($1.content) }
        verbatim = sorted.filter { !$0.options.contains(.normalized) }
        normalized = sorted.filter { $0.options.contains(.normalized) }
        guard definition.byteTokenIDs.count == 256 else { throw .unencodable(section: .byteTokens) }
        for (index, merge) in definition.merges.enumerated() where Int(merge.left) >= definition.tokens.count {
            throw .idOutOfRange(section: .merges, index: index, id: merge.left)
        }
        characters = definition.model == .bytes ? [] : Self.characters(definition)
        steps = definition.steps
        let tokenByteCount = definition.tokens.reduce(0) { $0 + $1.bytes.count }
        let addedTokenByteCount = sorted.reduce(0) { $0 + $1.content.count }
        layout = TableLayout(
            TableLayout.Counts(
                tokens: try Self.count(definition.tokens.count, .tokens),
                merges: try Self.count(definition.merges.count, .merges),
                characters: try Self.count(characters.count, .characters),
                wholeWords: try Self.count(wholeWords.count, .wholeWords),
                verbatimAddedTokens: try Self.count(verbatim.count, .addedTokens),
                normalizedAddedTokens: try Self.count(normalized.count, .addedTokens),
                prefixIDs: try Self.count(definition.prefixIDs.count, .prefixIDs),
                suffixIDs: try Self.count(definition.suffixIDs.count, .suffixIDs),
                steps: try Self.count(steps.count, .steps),
                tokenBytes: try Self.count(tokenByteCount, .tokens),
                addedTokenBytes: try Self.count(addedTokenByteCount, .addedTokens),
                stepBytes: try Self.count(steps.reduce(0) { $0 + $1.first.count + $1.second.count }, .steps)))
    }

    /// A token that is one character.
    private struct Character {
        let scalar: UInt32
        let id: UInt32
    }

    /// Returns the words of one character, sorted by it.
    private static func characters(_ definition: TokenizerDefinition) -> [Character] {
        var characters: [Character] = []
        for (id, token) in definition.tokens.enumerated() where token.isWord && (1...4).contains(token.bytes.count) {
            let bytes = token.bytes.bytes
            guard UTF8Text.isValid(bytes.span) else { continue }
            let (scalar, width) = UTF8Text.scalar(in: bytes.span, at: 0)
            if width == bytes.count { characters.append(Character(scalar: scalar.value, id: UInt32(id))) }
        }
        return characters.sorted { $0.scalar < $1.scalar }
    }

    private static func count(
        _ value: Int, _ section: TokenizerTableError.Section
    ) throws(TokenizerTableError) -> UInt32 {
        guard let count = UInt32(exactly: value) else { throw .unencodable(section: section) }
        return count
    }

    /// Returns the bytes of the table.
    func table() -> [UInt8] {
        var writer = self
        writer.writeHeader()
        for id in definition.byteTokenIDs { writer.bytes.append(id ?? TableLayout.noToken) }
        writer.writeStarts(definition.tokens.map { $0.bytes.count })
        writer.writeMerges()
        for character in characters {
            writer.bytes.append(character.scalar)
            writer.bytes.append(character.id)
        }
        for id in wholeWords { writer.bytes.append(id) }
        writer.writeAddedTokens()
        for id in definition.prefixIDs + definition.suffixIDs { writer.bytes.append(id) }
        writer.writeSteps()
        for token in definition.tokens { writer.bytes.append(token.bytes.bytes) }
        for token in verbatim + normalized { writer.bytes.append(token.content) }
        for step in steps { writer.bytes.append(step.first + step.second) }
        precondition(writer.bytes.bytes.count == layout.contentEnd)
        writer.bytes.pad(to: layout.byteCount)
        return writer.bytes.bytes
    }

    private mutating func writeHeader() {
        bytes.append(TableLayout.magic)
        bytes.append(TableLayout.version)
        bytes.append(UInt64(layout.byteCount))
        let counts = [
            layout.tokenCount, layout.mergeCount, layout.characterCount, layout.wholeWordCount,
            layout.verbatimAddedTokenCount, layout.normalizedAddedTokenCount, layout.prefixIDCount,
            layout.suffixIDCount, layout.stepCount, layout.tokenByteCount, layout.addedTokenByteCount,
            layout.stepByteCount,
        ]
        for count in counts { bytes.append(UInt32(count)) }
        var unknownID: UInt32?
        var kind = TableLayout.bytesKind
        var flags = definition.ignoresMerges ? TableLayout.ignoresMergesFlag : 0
        if case .characters(let model) = definition.model {
            kind = TableLayout.charactersKind
            unknownID = model.unknownID
            if model.fallsBackToBytes { flags |= TableLayout.byteFallbackFlag }
            if model.fusesUnknown { flags |= TableLayout.fusesUnknownFlag }
        }
        bytes.append(unknownID ?? TableLayout.noToken)
        bytes.append(kind)
        bytes.append(flags)
        bytes.pad(to: TableLayout.headerSize)
    }

    /// Writes the starts of runs of the given lengths, and the end of the last run.
    private mutating func writeStarts(_ lengths: [Int]) {
        var start = 0
        for length in lengths {
            bytes.append(UInt32(start))
            start += length
        }
        bytes.append(UInt32(start))
    }

    /// Writes the merges, sorted by the left token and then by the right one.
    private mutating func writeMerges() {
        var rowLengths = [Int](repeating: 0, count: layout.tokenCount)
        for merge in definition.merges { rowLengths[Int(merge.left)] += 1 }
        writeStarts(rowLengths)
        // The position of the next merge of each left token.
        var ends: [Int] = []
        ends.reserveCapacity(rowLengths.count)
        var start = 0
        for length in rowLengths {
            ends.append(start)
            start += length
        }
        var ranks = [Int](repeating: 0, count: definition.merges.count)
        for (rank, merge) in definition.merges.enumerated() {
            ranks[ends[Int(merge.left)]] = rank
            ends[Int(merge.left)] += 1
        }
        for (end, length) in zip(ends, rowLengths) where length > 1 {
            ranks[end - length..<end].sort { definition.merges[$0].right < definition.merges[$1].right }
        }
        for rank in ranks {
            bytes.append(definition.merges[rank].right)
            bytes.append(UInt32(rank))
            bytes.append(definition.merges[rank].result)
        }
    }

    private mutating func writeAddedTokens() {
        var end: UInt32 = 0
        for token in verbatim + normalized {
            end += UInt32(token.content.count)
            bytes.append(token.id)
            bytes.append(token.options.rawValue)
            bytes.append(end)
        }
    }

    private mutating func writeSteps() {
        var end: UInt32 = 0
        for step in steps {
            bytes.append(step.kind)
            bytes.append(step.option)
            end += UInt32(step.first.count)
            bytes.append(end)
            end += UInt32(step.second.count)
            bytes.append(end)
        }
    }
}

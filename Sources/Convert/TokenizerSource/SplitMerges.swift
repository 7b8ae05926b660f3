import SkipFiles
import SkipTokenizer

/// Finds the merges of vocabularies that list only tokens: each division of a token into two others is a merge.
struct SplitMerges {
    private let ids: [ByteString: UInt32]

    /// `tokens` are the tokens that take part in merges.
    init(_ tokens: some Sequence<(text: ByteString, id: UInt32)>) {
        var ids: [ByteString: UInt32] = [:]
        for token in tokens { ids[token.text] = token.id }
        self.ids = ids
    }

    /// Returns the pairs of tokens into which a token divides, the one with the shortest left token first. A token is
    /// divided only before bytes that begin a character, with `betweenCharacters`.
    func merges(of text: ByteString, id: UInt32, betweenCharacters: Bool) -> [TokenizerDefinition.Merge] {
        let bytes = text.bytes
        let span = bytes.span
        var merges: [TokenizerDefinition.Merge] = []
        for position in bytes.indices.dropFirst() {
            if betweenCharacters, bytes[position] & 0xC0 == 0x80 { continue }
            guard let left = ids[ByteString(bytes: span.extracting(..<position))],
                let right = ids[ByteString(bytes: span.extracting(position...))]
            else { continue }
            merges.append(.init(left: left, right: right, result: id))
        }
        return merges
    }
}

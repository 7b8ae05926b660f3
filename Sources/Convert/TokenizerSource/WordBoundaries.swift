import SkipFiles
import SkipTokenizer

extension TokenizerDefinition {
    /// Returns the definition with words that begin at each U+2581 after another character, if that changes no ids:
    /// the character is a token, and no token that a word can become continues over such a place.
    ///
    /// Without it, a text of a SentencePiece model is a single word, and merging takes n log n time in its length.
    func dividedAtSpaceMarks() -> TokenizerDefinition {
        guard case .characters = model else { return self }
        let mark = Self.spaceMark
        guard tokens.contains(where: { $0.isWord && $0.bytes == ByteString(bytes: mark) }) else { return self }
        var isResult = [Bool](repeating: ignoresMerges, count: tokens.count)
        for merge in merges { isResult[Int(merge.result)] = true }
        for (id, token) in tokens.enumerated() where token.isWord && isResult[id] {
            if Self.continuesOverMark(token.bytes.bytes) { return self }
        }
        var result = self
        result.splitting.append(.pattern(.spaceMark))
        return result
    }

    /// Returns whether U+2581 follows another character.
    private static func continuesOverMark(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while bytes[position...].starts(with: spaceMark) { position += spaceMark.count }
        while position < bytes.count {
            if bytes[position...].starts(with: spaceMark) { return true }
            position += 1
        }
        return false
    }

    /// U+2581 in UTF-8.
    static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]
}

import SkipFiles
import SkipTokenizer

/// The user-defined pieces of a SentencePiece model in a `tokenizer.json` that Transformers made of its own settings: a
/// division at an alternation of their texts, after the text has its prefix, and `ignore_merges`.
///
/// They become added tokens that are recognised in the normalized text, to which the prefix is moved. The ids are the
/// same, because the alternation matches the longest piece and each match is a word of the vocabulary.
enum UserDefinedPieces {
    /// Returns the texts of an alternation of escaped texts, longest first; nil for another expression.
    static func texts(ofAlternation expression: ByteString) -> [ByteString]? {
        var texts: [[Unicode.Scalar]] = [[]]
        var scalars = String(decoding: expression.bytes, as: UTF8.self).unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "|": texts.append([])
            case "\\":
                guard let escaped = scalars.next(), escaped.isASCII, !escaped.properties.isAlphabetic,
                    !("0"..."9").contains(escaped)
                else { return nil }
                texts[texts.count - 1].append(escaped)
            case "[", "]", "(", ")", "{", "}", ".", "*", "+", "?", "^", "$": return nil
            default: texts[texts.count - 1].append(scalar)
            }
        }
        let lengths = texts.map(\.count)
        guard !lengths.contains(0), lengths == lengths.sorted(by: >), Set(texts).count == texts.count else {
            return nil
        }
        return texts.map { text in
            var string = String.UnicodeScalarView()
            string.append(contentsOf: text)
            return ByteString(String(string))
        }
    }

    /// Adds the pieces to a definition.
    static func add(
        _ pieces: [ByteString], to definition: inout TokenizerDefinition, _ vocabulary: Vocabulary, _ root: ConfigReader
    ) throws(InputError) {
        if pieces.isEmpty { return }
        let mark = TokenizerDefinition.spaceMark
        let refusal = root.error(
            .tokenizerUnsupported, "pre_tokenizer", found: "a division at the texts of tokens",
            required: "one as Transformers writes it for the user-defined pieces of a SentencePiece model")
        guard definition.splitting == [.metaspace(replacement: mark, prefix: .always)], definition.ignoresMerges,
            definition.normalization.suffix(2) == [
                .replace([UInt8(ascii: " ")], with: mark), .replaceStart(mark, with: mark + mark),
            ], !definition.addedTokens.contains(where: { $0.options.contains(.normalized) })
        else { throw refusal }
        definition.splitting = []
        definition.normalization[definition.normalization.count - 1] = .prepend(mark)
        let taken = Set(definition.addedTokens.map(\.id))
        for piece in pieces {
            guard let id = vocabulary.id(of: piece), !taken.contains(id),
                piece.count <= TokenizerTable.addedTokenByteLimit
            else { throw refusal }
            definition.addedTokens.append(.init(id: id, content: piece.bytes, options: .normalized))
        }
    }
}

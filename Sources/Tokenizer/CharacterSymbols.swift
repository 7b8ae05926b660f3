/// Divides a word into the tokens of its characters, with which merging begins in a model of characters.
struct CharacterSymbols {
    private let bytes: TableBytes
    private let layout: TableLayout
    private let model: CharacterModel
    /// The tokens of the ASCII characters; `noToken` for one that is no token.
    private let ascii: [UInt32]

    /// Returns nil for a model of bytes.
    init?(_ tokenizer: CompiledTokenizer) {
        guard case .characters(let model) = tokenizer.model else { return nil }
        let (bytes, layout) = (tokenizer.bytes, tokenizer.layout)
        self.model = model
        self.bytes = bytes
        self.layout = layout
        ascii = (0..<128).map { byte in
            layout.characterToken(Unicode.Scalar(UInt8(byte)), in: bytes) ?? TableLayout.noToken
        }
    }

    /// Appends the tokens of valid UTF-8.
    ///
    /// As in Hugging Face's tokenizers, an unknown token is appended when the next character has a token of its own or
    /// is unknown as well. So it follows the byte tokens of characters after it.
    func append(_ word: Span<UInt8>, to ids: inout [UInt32]) {
        var position = 0
        var hasPendingUnknown = false
        while position < word.count {
            let (scalar, width) = UTF8Text.scalar(in: word, at: position)
            let range = position..<position + width
            position += width
            if let id = token(scalar) {
                if hasPendingUnknown, let unknown = model.unknownID { ids.append(unknown) }
                hasPendingUnknown = false
                ids.append(id)
            } else if !(model.fallsBackToBytes && appendBytes(word.extracting(range), to: &ids)) {
                if hasPendingUnknown, !model.fusesUnknown, let unknown = model.unknownID { ids.append(unknown) }
                hasPendingUnknown = true
            }
        }
        if hasPendingUnknown, let unknown = model.unknownID { ids.append(unknown) }
    }

    @inline(__always)
    private func token(_ scalar: Unicode.Scalar) -> UInt32? {
        if scalar.value < 128 {
            let id = ascii[Int(scalar.value)]
            return id == TableLayout.noToken ? nil : id
        }
        return layout.characterToken(scalar, in: bytes)
    }

    /// Appends the tokens of a character's bytes. Returns false, without changes, if one of them has no token.
    private func appendBytes(_ character: Span<UInt8>, to ids: inout [UInt32]) -> Bool {
        for index in character.indices where layout.byteToken(character[index], in: bytes) == TableLayout.noToken {
            return false
        }
        for index in character.indices { ids.append(layout.byteToken(character[index], in: bytes)) }
        return true
    }
}

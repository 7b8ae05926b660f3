import SkipFiles
import SkipTokenizer

/// The symbols that merging begins with.
extension VocabularyReader {
    /// Returns the token of each byte of a byte-level vocabulary. A byte without a token becomes the model's unknown
    /// token, or is dropped from the text if there is none.
    func bytes(_ vocabulary: Vocabulary) throws(InputError) -> (kind: ModelKind, byteTokenIDs: [UInt32?]) {
        var ids = (UInt8.min...UInt8.max).map { vocabulary.id(of: ByteString(bytes: ByteAlphabet.spelling(of: $0))) }
        let missing = ids.indices.filter { ids[$0] == nil }
        let unknown = try model.string("unk_token")
        let fusesUnknown = try model.boolean("fuse_unk", default: false)
        let fallsBack = try model.boolean("byte_fallback", default: false)
        guard let first = missing.first else { return (.bytes, ids) }
        let found = "no token for \(missing.count) bytes, the first 0x\(String(first, radix: 16))"
        if fallsBack {
            throw model.error(.tokenizerBytesMissing, "byte_fallback", found: found, required: "a token for every byte")
        }
        guard let unknown else { return (.bytes, ids) }
        guard let id = vocabulary.id(of: unknown), !fusesUnknown else {
            throw model.error(.tokenizerBytesMissing, "unk_token", found: found, required: "a token for every byte")
        }
        for byte in missing { ids[byte] = id }
        return (.bytes, ids)
    }

    /// Returns how a vocabulary of characters encodes a character without a token. An unknown token that byte fallback
    /// makes impossible is left out.
    func characters(_ vocabulary: Vocabulary) throws(InputError) -> (kind: ModelKind, byteTokenIDs: [UInt32?]) {
        var character = CharacterModel(fallsBackToBytes: try model.boolean("byte_fallback", default: false))
        var ids = [UInt32?](repeating: nil, count: 256)
        if character.fallsBackToBytes {
            ids = (UInt8.min...UInt8.max).map { vocabulary.id(of: ByteString(bytes: ByteToken.spelling(of: $0))) }
            if !ids.contains(nil) { return (.characters(character), ids) }
        }
        guard let unknown = try model.string("unk_token") else { return (.characters(character), ids) }
        guard let id = vocabulary.id(of: unknown) else {
            throw model.error(
                .tokenizerBytesMissing, "unk_token", found: "\"\(unknown)\"", required: "a token of the vocabulary")
        }
        character.unknownID = id
        character.fusesUnknown = try model.boolean("fuse_unk", default: false)
        return (.characters(character), ids)
    }
}

import SkipFiles
import SkipTokenizer

/// The tokens of the model without the added ones, with their ids.
struct Vocabulary {
    let file: String
    /// The path of the vocabulary in its file.
    let path: String
    private let object: JSONObject
    private let ids: [UInt32]
    /// Whether tokens are spelled in the byte alphabet.
    private let isByteLevel: Bool

    /// `ids` are the ids of the object's members, in the same order.
    init(file: String, path: String, object: JSONObject, ids: [UInt32], isByteLevel: Bool) {
        self.isByteLevel = isByteLevel
        self.file = file
        self.path = path
        self.object = object
        self.ids = ids
    }

    /// The number of tokens.
    var count: Int { ids.count }

    /// Returns the id of a token; nil if it is not in the vocabulary.
    func id(of spelling: ByteString) -> UInt32? { object.position(of: spelling).map { ids[$0] } }

    /// Returns all tokens by id, including the added ones. Each id from 0 on must occur exactly once.
    func tokens(with added: [AddedTokenReader.NamedToken]) throws(InputError) -> [TokenizerDefinition.Token] {
        let new = added.filter { id(of: $0.spelling) == nil }
        let count = ids.count + new.count
        var tokens = [TokenizerDefinition.Token](repeating: .init(bytes: "", isWord: false), count: count)
        var isTaken = [Bool](repeating: false, count: count)
        var decoded: [UInt8] = []
        for (member, id) in zip(object.members, ids) {
            try take(id, for: member.key, in: &isTaken)
            let bytes = bytes(member.key, through: &decoded)
            tokens[Int(id)] = .init(bytes: bytes ?? member.key, isWord: bytes != nil && !member.key.isEmpty)
        }
        for named in new {
            try take(named.token.id, for: named.spelling, in: &isTaken)
            tokens[Int(named.token.id)] = .init(
                bytes: bytes(named.spelling, through: &decoded) ?? named.spelling, isWord: false)
        }
        // There are as many tokens as places and no place is taken twice, so every place is taken.
        return tokens
    }

    /// Returns the bytes of a token; nil if a byte-level vocabulary spells it with other characters.
    private func bytes(_ spelling: ByteString, through decoded: inout [UInt8]) -> ByteString? {
        isByteLevel ? ByteAlphabet.decode(spelling, through: &decoded) : spelling
    }

    /// Marks an id as taken. Throws if it is out of range or taken already.
    private func take(_ id: UInt32, for name: ByteString, in isTaken: inout [Bool]) throws(InputError) {
        guard Int(id) < isTaken.count else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\"",
                required: "ids from 0 to \(isTaken.count - 1) without gaps")
        }
        guard !isTaken[Int(id)] else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\" and of another token",
                required: "one token for each id")
        }
        isTaken[Int(id)] = true
    }
}

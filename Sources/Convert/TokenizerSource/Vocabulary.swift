import SkipFiles
import SkipTokenizer

/// The tokens of the model without the added ones, with their ids.
struct Vocabulary {
    let file: String
    /// The path of the vocabulary in its file.
    let path: String
    private let object: JSONObject
    private let ids: [UInt32]

    /// `ids` are the ids of the object's members, in the same order.
    init(file: String, path: String, object: JSONObject, ids: [UInt32]) {
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
    func tokens(with added: [TokenizerDefinition.AddedToken]) throws(InputError) -> [TokenizerDefinition.Token] {
        let new = added.filter { id(of: ByteString(bytes: $0.content)) == nil }
        let count = ids.count + new.count
        var tokens = [TokenizerDefinition.Token](repeating: .init(bytes: "", isWord: false), count: count)
        var isTaken = [Bool](repeating: false, count: count)
        var decoded: [UInt8] = []
        for (member, id) in zip(object.members, ids) {
            try take(id, for: member.key, in: &isTaken)
            let bytes = ByteAlphabet.decode(member.key, through: &decoded)
            tokens[Int(id)] = .init(bytes: bytes ?? member.key, isWord: bytes != nil && !member.key.isEmpty)
        }
        for token in new {
            let content = ByteString(bytes: token.content)
            try take(token.id, for: content, in: &isTaken)
            tokens[Int(token.id)] = .init(
                bytes: ByteAlphabet.decode(content, through: &decoded) ?? content, isWord: false)
        }
        // There are as many tokens as places and no place is taken twice, so every place is taken.
        return tokens
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

import Model
import Tokenizer

/// Reads the `model` of `tokenizer.json`: a byte-level BPE.
struct VocabularyReader {
    private let model: ConfigReader

    init(_ root: ConfigReader) throws(InputError) {
        model = try root.required("model", root.section("model"), "an object")
        try model.refuseOtherMembers(than: [
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges",
        ])
        // Files of the first years have no type: a vocabulary with merges is a BPE then.
        let type = try model.string("type") ?? "BPE"
        guard type == "BPE" else {
            throw model.error(.tokenizerUnsupported, "type", found: "\"\(type)\"", required: "\"BPE\"")
        }
        if let dropout = model.value("dropout") {
            guard case .number(let number) = dropout, number.double == 0 else {
                throw model.error(.tokenizerUnsupported, "dropout", found: "dropout", required: "none")
            }
        }
        for affix in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard try model.string(affix) ?? "" == "" else {
                throw model.error(.tokenizerUnsupported, affix, found: "an affix", required: "none")
            }
        }
    }

    func ignoresMerges() throws(InputError) -> Bool { try model.boolean("ignore_merges", default: false) }

    // MARK: Tokens

    func vocabulary() throws(InputError) -> Vocabulary {
        let section = try model.required("vocab", model.section("vocab"), "an object of ids by token")
        let members = section.object.members
        guard members.count <= TokenizerReader.tokenLimit else {
            throw model.error(
                .tokenizerTooLarge, "vocab", found: "\(members.count) tokens",
                required: "at most \(TokenizerReader.tokenLimit)")
        }
        var ids: [ByteString: UInt32] = [:]
        ids.reserveCapacity(members.count)
        var order: [Vocabulary.Entry] = []
        order.reserveCapacity(members.count)
        for member in members {
            guard case .number(let number) = member.value, let integer = number.integer,
                let id = UInt32(exactly: integer), id < TokenizerReader.tokenLimit
            else {
                throw section.error(
                    .tokenizerTokenID, "\(member.key)", found: member.value.shortText,
                    required: "an integer from 0 to \(TokenizerReader.tokenLimit - 1)")
            }
            ids[member.key] = id
            order.append(Vocabulary.Entry(spelling: member.key, id: id, bytes: ByteAlphabet.decode(member.key.bytes)))
        }
        return Vocabulary(file: model.file, path: model.path + "vocab", ids: ids, order: order)
    }

    /// The token of each byte. A byte without one is lost from text if the model names no unknown token, and becomes
    /// that token if it does.
    func byteTokenIDs(_ vocabulary: Vocabulary) throws(InputError) -> [UInt32?] {
        var ids = (UInt8.min...UInt8.max).map { vocabulary.ids[ByteString(bytes: ByteAlphabet.spelling(of: $0))] }
        let missing = ids.indices.filter { ids[$0] == nil }
        let unknown = try model.string("unk_token")
        let fusesUnknown = try model.boolean("fuse_unk", default: false)
        let fallsBack = try model.boolean("byte_fallback", default: false)
        guard let first = missing.first else { return ids }
        let found = "no token for \(missing.count) bytes, the first 0x\(String(first, radix: 16))"
        if fallsBack {
            throw model.error(.tokenizerBytesMissing, "byte_fallback", found: found, required: "a token for every byte")
        }
        guard let unknown else { return ids }
        guard let id = vocabulary.ids[unknown], !fusesUnknown else {
            throw model.error(.tokenizerBytesMissing, "unk_token", found: found, required: "a token for every byte")
        }
        for byte in missing { ids[byte] = id }
        return ids
    }

    // MARK: Merges

    func merges(_ vocabulary: Vocabulary) throws(InputError) -> [TokenizerDefinition.Merge] {
        let value = try model.required("merges", model.value("merges"), "an array of pairs")
        guard case .array(let elements) = value else {
            throw model.error(.tokenizerField, "merges", found: value.kindName, required: "an array of pairs")
        }
        let areStrings = if case .string? = elements.first { true } else { false }
        var merges: [TokenizerDefinition.Merge] = []
        merges.reserveCapacity(elements.count)
        var seen: Set<UInt64> = []
        seen.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let parts = try parts(element, index: index, areStrings: areStrings) else { continue }
            let merge = try merge(parts.left, parts.right, index: index, vocabulary)
            guard seen.insert(UInt64(merge.left) << 32 | UInt64(merge.right)).inserted else {
                throw error(index, found: "the merge of \"\(parts.left)\" and \"\(parts.right)\" again")
            }
            merges.append(merge)
        }
        return merges
    }

    private func error(_ index: Int, found: String, required: String = "") -> InputError {
        model.error(.tokenizerMerge, "merges[\(index)]", found: found, required: required)
    }

    /// The two halves of a merge, written `"a b"` or `["a", "b"]`; nil for the comment that a list of strings may hold.
    private func parts(
        _ element: JSONValue, index: Int, areStrings: Bool
    ) throws(InputError) -> (left: ByteString, right: ByteString)? {
        switch element {
        case .string(let string) where areStrings:
            if string.bytes.starts(with: Array("#version".utf8)) { return nil }
            let halves = string.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                throw error(index, found: "\"\(string)\"", required: "two tokens with one space between them")
            }
            return (ByteString(bytes: Array(halves[0])), ByteString(bytes: Array(halves[1])))
        case .array(let pair) where !areStrings:
            guard pair.count == 2, case .string(let left) = pair[0], case .string(let right) = pair[1] else {
                throw error(index, found: "an array that is no pair", required: "two strings")
            }
            return (left, right)
        default:
            throw error(index, found: element.kindName, required: areStrings ? "a string" : "an array of two strings")
        }
    }

    private func merge(
        _ left: ByteString, _ right: ByteString, index: Int, _ vocabulary: Vocabulary
    ) throws(InputError) -> TokenizerDefinition.Merge {
        let joined = ByteString(bytes: left.bytes + right.bytes)
        return TokenizerDefinition.Merge(
            left: try word(left, index: index, vocabulary), right: try word(right, index: index, vocabulary),
            result: try word(joined, index: index, vocabulary))
    }

    /// The id of a merge's token, which must be spelled in the byte alphabet.
    private func word(_ token: ByteString, index: Int, _ vocabulary: Vocabulary) throws(InputError) -> UInt32 {
        guard let id = vocabulary.ids[token] else {
            throw error(index, found: "\"\(token)\"", required: "a token of the vocabulary")
        }
        if vocabulary.foreignIDs.contains(id) {
            throw model.error(
                .tokenizerUnsupported, "merges[\(index)]", found: "\"\(token)\"",
                required: "a token spelled in the byte alphabet")
        }
        return id
    }
}

/// The model's own tokens: ids by spelling.
struct Vocabulary {
    let file: String
    /// Where the vocabulary stands in its file.
    let path: String
    let ids: [ByteString: UInt32]
    /// The tokens in the order of the file.
    let order: [Entry]
    /// Tokens that are not spelled in the byte alphabet.
    let foreignIDs: Set<UInt32>

    struct Entry {
        let spelling: ByteString
        let id: UInt32
        /// What it spells; nil if it is not spelled in the byte alphabet.
        let bytes: [UInt8]?
    }

    init(file: String, path: String, ids: [ByteString: UInt32], order: [Entry]) {
        self.file = file
        self.path = path
        self.ids = ids
        self.order = order
        foreignIDs = Set(order.lazy.filter { $0.bytes == nil }.map { $0.id })
    }

    /// The tokens by id, added ones included. The ids must be those from zero on, each once.
    func tokens(with added: [TokenizerDefinition.AddedToken]) throws(InputError) -> [TokenizerDefinition.Token] {
        let new = added.filter { ids[ByteString(bytes: $0.content)] == nil }
        var tokens = [TokenizerDefinition.Token?](repeating: nil, count: order.count + new.count)
        for entry in order {
            let token = TokenizerDefinition.Token(
                bytes: entry.bytes ?? entry.spelling.bytes,
                isWord: entry.bytes != nil && !entry.spelling.bytes.isEmpty)
            try place(token, at: entry.id, named: entry.spelling, in: &tokens)
        }
        for token in new {
            let decoded = ByteAlphabet.decode(token.content) ?? token.content
            try place(
                TokenizerDefinition.Token(bytes: decoded, isWord: false), at: token.id,
                named: ByteString(bytes: token.content), in: &tokens)
        }
        // As many tokens as places, none twice: so no place is empty.
        return tokens.compactMap(\.self)
    }

    private func place(
        _ token: TokenizerDefinition.Token, at id: UInt32, named name: ByteString,
        in tokens: inout [TokenizerDefinition.Token?]
    ) throws(InputError) {
        guard Int(id) < tokens.count else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\"",
                required: "ids from 0 to \(tokens.count - 1), without a gap")
        }
        guard tokens[Int(id)] == nil else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\" and of another token",
                required: "one token for each id")
        }
        tokens[Int(id)] = token
    }
}

extension JSONValue {
    /// A number as written, or what kind of value it is.
    var shortText: String {
        if case .number(let number) = self { String(number.lexeme.prefix(40)) } else { kindName }
    }
}

import SkipFiles
import SkipTokenizer

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
        var ids: [UInt32] = []
        ids.reserveCapacity(members.count)
        for member in members {
            guard case .number(let number) = member.value, let integer = number.integer,
                let id = UInt32(exactly: integer), id < TokenizerReader.tokenLimit
            else {
                throw section.error(
                    .tokenizerTokenID, "\(member.key)", found: member.value.shortText,
                    required: "an integer from 0 to \(TokenizerReader.tokenLimit - 1)")
            }
            ids.append(id)
        }
        return Vocabulary(file: model.file, path: model.path + "vocab", object: section.object, ids: ids)
    }

    /// The token of each byte. A byte without one is lost from text if the model names no unknown token, and becomes
    /// that token if it does.
    func byteTokenIDs(_ vocabulary: Vocabulary) throws(InputError) -> [UInt32?] {
        var ids = (UInt8.min...UInt8.max).map { vocabulary.id(of: ByteString(bytes: ByteAlphabet.spelling(of: $0))) }
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
        guard let id = vocabulary.id(of: unknown), !fusesUnknown else {
            throw model.error(.tokenizerBytesMissing, "unk_token", found: found, required: "a token for every byte")
        }
        for byte in missing { ids[byte] = id }
        return ids
    }

    // MARK: Merges

    /// The merges by rank. `tokens` are all tokens by id.
    func merges(
        _ vocabulary: Vocabulary, tokens: [TokenizerDefinition.Token]
    ) throws(InputError) -> [TokenizerDefinition.Merge] {
        let value = try model.required("merges", model.value("merges"), "an array of pairs")
        guard case .array(let elements) = value else {
            throw model.error(.tokenizerField, "merges", found: value.kindName, required: "an array of pairs")
        }
        let areStrings = if case .string? = elements.first { true } else { false }
        var merges: [TokenizerDefinition.Merge] = []
        merges.reserveCapacity(elements.count)
        var seen: Set<UInt64> = []
        seen.reserveCapacity(elements.count)
        var spelling: [UInt8] = []
        for (index, element) in elements.enumerated() {
            guard let parts = try parts(element, index: index, areStrings: areStrings, &spelling) else { continue }
            let merge = TokenizerDefinition.Merge(
                left: try word(parts.left, index: index, vocabulary, tokens),
                right: try word(parts.right, index: index, vocabulary, tokens),
                result: try word(parts.joined, index: index, vocabulary, tokens))
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

    /// The two halves of a merge, written `"a b"` or `["a", "b"]`, and what they make; nil for the comment that a list
    /// of strings may hold. `spelling` is reused from merge to merge.
    private func parts(
        _ element: JSONValue, index: Int, areStrings: Bool, _ spelling: inout [UInt8]
    ) throws(InputError) -> (left: ByteString, right: ByteString, joined: ByteString)? {
        spelling.removeAll(keepingCapacity: true)
        switch element {
        case .string(let string) where areStrings:
            string.append(to: &spelling)
            if spelling.starts(with: Self.versionComment) { return nil }
            guard let space = spelling.firstIndex(of: UInt8(ascii: " ")),
                !spelling[(space + 1)...].contains(UInt8(ascii: " "))
            else {
                throw error(index, found: "\"\(string)\"", required: "two tokens with one space between them")
            }
            spelling.remove(at: space)
            let (left, right) = (spelling.span.extracting(..<space), spelling.span.extracting(space...))
            return (ByteString(bytes: left), ByteString(bytes: right), ByteString(bytes: spelling.span))
        case .array(let pair) where !areStrings:
            guard pair.count == 2, case .string(let left) = pair[0], case .string(let right) = pair[1] else {
                throw error(index, found: "an array that is no pair", required: "two strings")
            }
            left.append(to: &spelling)
            right.append(to: &spelling)
            return (left, right, ByteString(bytes: spelling.span))
        default:
            throw error(index, found: element.kindName, required: areStrings ? "a string" : "an array of two strings")
        }
    }

    private static let versionComment = Array("#version".utf8)

    /// The id of a merge's token, which must be spelled in the byte alphabet.
    private func word(
        _ token: ByteString, index: Int, _ vocabulary: Vocabulary, _ tokens: [TokenizerDefinition.Token]
    ) throws(InputError) -> UInt32 {
        guard let id = vocabulary.id(of: token) else {
            throw error(index, found: "\"\(token)\"", required: "a token of the vocabulary")
        }
        guard tokens[Int(id)].isWord || token.isEmpty else {
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
    private let object: JSONObject
    private let ids: [UInt32]

    /// `ids` are those of the object's members, in their order.
    init(file: String, path: String, object: JSONObject, ids: [UInt32]) {
        self.file = file
        self.path = path
        self.object = object
        self.ids = ids
    }

    var count: Int { ids.count }

    /// The id of a token; nil if the vocabulary does not have it.
    func id(of spelling: ByteString) -> UInt32? { object.position(of: spelling).map { ids[$0] } }

    /// The tokens by id, added ones included. The ids must be those from zero on, each once.
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
        // As many tokens as places, none twice: so each place has one.
        return tokens
    }

    private func take(_ id: UInt32, for name: ByteString, in isTaken: inout [Bool]) throws(InputError) {
        guard Int(id) < isTaken.count else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\"",
                required: "ids from 0 to \(isTaken.count - 1), without a gap")
        }
        guard !isTaken[Int(id)] else {
            throw InputError(
                .tokenizerTokenID, file: file, at: .field(path), found: "id \(id) of \"\(name)\" and of another token",
                required: "one token for each id")
        }
        isTaken[Int(id)] = true
    }
}

extension JSONValue {
    /// A number as written, or what kind of value it is.
    var shortText: String {
        if case .number(let number) = self { String(number.lexeme.prefix(40)) } else { kindName }
    }
}

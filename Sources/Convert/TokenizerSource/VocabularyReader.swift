import SkipFiles
import SkipTokenizer

/// Reads the `model` of `tokenizer.json`, which must be a BPE of bytes or of characters.
struct VocabularyReader {
    let model: ConfigReader

    init(_ root: ConfigReader) throws(InputError) {
        model = try root.required("model", root.section("model"), "an object")
        // Old files have no type. A vocabulary with merges is a BPE.
        let type = try model.string("type") ?? "BPE"
        guard type == "BPE" else {
            throw model.error(.tokenizerUnsupported, "type", found: "\"\(type)\"", required: "\"BPE\"")
        }
        try model.refuseOtherMembers(than: [
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "vocab", "merges",
        ])
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

    /// Refuses byte fallback in a vocabulary of the byte alphabet, which has a token for every byte without it.
    func checkSymbols(areBytes: Bool) throws(InputError) {
        guard areBytes, try model.boolean("byte_fallback", default: false),
            try model.section("vocab")?.object["<0x00>"] != nil
        else { return }
        throw model.error(
            .tokenizerUnsupported, "byte_fallback", found: "byte fallback in a byte-level vocabulary",
            required: "false, or a tokenizer without ByteLevel")
    }

    /// Returns whether a word that is a token is encoded as this token, without merges.
    func ignoresMerges() throws(InputError) -> Bool { try model.boolean("ignore_merges", default: false) }

    // MARK: Tokens

    /// Reads the tokens and their ids.
    func vocabulary(isByteLevel: Bool) throws(InputError) -> Vocabulary {
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
        return Vocabulary(
            file: model.file, path: model.path + "vocab", object: section.object, ids: ids,
            isByteLevel: isByteLevel)
    }

    // MARK: Merges

    /// Returns the merges in the order of their ranks. `tokens` are all tokens by id.
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
                throw error(index, found: "the merge of \"\(parts.left)\" and \"\(parts.right)\" for the second time")
            }
            merges.append(merge)
        }
        return merges
    }

    private func error(_ index: Int, found: String, required: String = "") -> InputError {
        model.error(.tokenizerMerge, "merges[\(index)]", found: found, required: required)
    }

    /// Returns the two halves of a merge, written `"a b"` or `["a", "b"]`, and their concatenation; nil for the version
    /// comment in a list of strings. `spelling` is a buffer that calls can share.
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
                throw error(index, found: "an array that is not a pair of strings", required: "two strings")
            }
            left.append(to: &spelling)
            right.append(to: &spelling)
            return (left, right, ByteString(bytes: spelling.span))
        default:
            throw error(index, found: element.kindName, required: areStrings ? "a string" : "an array of two strings")
        }
    }

    private static let versionComment = Array("#version".utf8)

    /// Returns the id of a merge's token, which must consist of characters of the byte alphabet.
    private func word(
        _ token: ByteString, index: Int, _ vocabulary: Vocabulary, _ tokens: [TokenizerDefinition.Token]
    ) throws(InputError) -> UInt32 {
        guard let id = vocabulary.id(of: token) else {
            throw error(index, found: "\"\(token)\"", required: "a token of the vocabulary")
        }
        guard tokens[Int(id)].isWord || token.isEmpty else {
            throw model.error(
                .tokenizerUnsupported, "merges[\(index)]", found: "\"\(token)\"",
                required: "a token of characters of the byte alphabet")
        }
        return id
    }
}

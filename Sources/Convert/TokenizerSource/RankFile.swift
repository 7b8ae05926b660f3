import SkipFiles

/// Reads a file of tiktoken: a token in base64 and its rank on each line.
enum RankFile {
    /// Returns the tokens; a token's index is its rank and its id.
    static func tokens(_ bytes: [UInt8], file: String) throws(InputError) -> [ByteString] {
        var tokens: [ByteString?] = []
        var seen: Set<ByteString> = []
        var count = 0
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            if start == end { continue }
            func error(_ found: String) -> InputError {
                InputError(
                    .tokenizerModelFile, file: file, at: .byte(start), found: found,
                    required: "a token in base64, a space and its rank")
            }
            guard let space = bytes[start..<end].firstIndex(of: UInt8(ascii: " ")),
                let token = base64(bytes[start..<space]), !token.isEmpty
            else { throw error("a line without a token in base64") }
            guard bytes[(space + 1)..<end].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let rank = Int(String(decoding: bytes[(space + 1)..<end], as: UTF8.self)),
                (0..<TokenizerReader.tokenLimit).contains(rank), end - space <= 9
            else { throw error("a line without a rank") }
            guard token.count <= SentencePieceModel.pieceByteLimit else {
                throw InputError(
                    .tokenizerTooLarge, file: file, at: .byte(start), found: "a token of \(token.count) bytes",
                    required: "at most \(SentencePieceModel.pieceByteLimit)")
            }
            let text = ByteString(bytes: token)
            guard seen.insert(text).inserted else { throw error("a token for the second time") }
            // A line has at least seven bytes, so that a file of many ranks is long.
            guard rank <= bytes.count / 4 else { throw error("rank \(rank) in a file of \(bytes.count) bytes") }
            if rank >= tokens.count {
                tokens += [ByteString?](repeating: nil, count: rank + 1 - tokens.count)
            }
            guard tokens[rank] == nil else { throw error("rank \(rank) for the second time") }
            tokens[rank] = text
            count += 1
        }
        guard count == tokens.count, count > 0 else {
            throw InputError(
                .tokenizerTokenID, file: file, found: "\(count) tokens with ranks up to \(tokens.count - 1)",
                required: "each rank once")
        }
        return tokens.compactMap(\.self)
    }

    /// Returns the bytes of padded base64; nil for other text.
    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let digits = text.dropLast(text.suffix(2).count { $0 == UInt8(ascii: "=") })
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for character in digits {
            guard let digit = digit(character) else { return nil }
            bits = bits << 6 | digit
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bits & (1 << UInt32(bitCount) - 1) == 0 ? bytes : nil
    }

    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

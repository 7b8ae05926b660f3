import SkipFiles

@testable import SkipTokenizer

extension CompiledTokenizer {
    /// Checks a table and calls `body` with its tokenizer, which must not leave `body`.
    static func with<Result>(_ table: [UInt8], _ body: (CompiledTokenizer) throws -> Result) throws -> Result {
        // SAFETY: the tokenizer does not leave the closure, in which the buffer is valid.
        try unsafe table.withUnsafeBytes { try body(try unsafe CompiledTokenizer(validating: $0)) }
    }

    /// Encodes a text and decodes ids. Returns the ids of the text.
    ///
    /// All ids are tokens, decoded text is UTF-8, and decoding in a stream returns the same text.
    @discardableResult
    func checkProperties(_ text: [UInt8], otherIDs: [UInt32] = []) throws -> [UInt32] {
        let ids = encode(text, addSpecialTokens: false)
        let plain = encode(text, parseSpecialTokens: false)
        try require((ids + plain).allSatisfy { $0 < vocabularySize }, "encoding returns ids of tokens")
        for skips in [false, true] {
            let all = plain + otherIDs + ids
            let decoded = decode(all, skipSpecialTokens: skips)
            try require(UTF8Text.isValid(decoded.span), "decoded text is UTF-8")
            var decoder = StreamingDecoder(self, skipSpecialTokens: skips)
            var streamed: [UInt8] = []
            for id in all {
                let piece = decoder.append(id)
                try require(UTF8Text.isValid(piece.span), "a piece of a stream is UTF-8")
                streamed += piece
            }
            streamed += decoder.finish()
            try require(streamed == decoded, "decoding in a stream returns the same text")
        }
        return ids
    }

    /// A text with all kinds of words, and special tokens of the seeds.
    static let sample = Array("abc dad<x> <s> é<xx>ab cafcaf'll 12\r\n  \u{3000}e\u{301}<|end|> Hello, world!".utf8)
}

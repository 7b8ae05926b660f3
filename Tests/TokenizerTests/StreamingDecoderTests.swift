import TestSupport
import Testing

@testable import SkipTokenizer

@Suite("Streaming decoder")
struct StreamingDecoderTests {
    @Test("A character is returned with its last byte; an incomplete end becomes U+FFFD")
    func holdsBackIncompleteCharacters() throws {
        try withTokenizer(.bytes) { tokenizer in
            var decoder = StreamingDecoder(tokenizer)
            #expect(decoder.append(0xF0) == [])
            #expect(decoder.append(0x9F) == [])
            #expect(decoder.append(0x98) == [])
            #expect(decoder.append(0x80) == Array("😀".utf8))
            #expect(decoder.append(0x61) == [0x61])
            #expect(decoder.append(0xE2) == [])
            #expect(decoder.append(0x82) == [])
            #expect(decoder.finish() == Array("\u{FFFD}".utf8))
            #expect(decoder.finish() == [])
        }
    }

    @Test("A byte that no byte can complete becomes U+FFFD at once")
    func replacesAtOnce() throws {
        try withTokenizer(.bytes) { tokenizer in
            var decoder = StreamingDecoder(tokenizer)
            #expect(decoder.append(0xE2) == [])
            #expect(decoder.append(0x61) == Array("\u{FFFD}a".utf8))
            #expect(decoder.append(0xFF) == Array("\u{FFFD}".utf8))
            #expect(decoder.append(1_000_000) == [])
            #expect(decoder.finish() == [])
        }
    }

    @Test("The pieces together are the text of all ids")
    func agreesWithDecoding() throws {
        try withTokenizer(.bytes) { tokenizer in
            var random = SplitMix64(seed: 7)
            for _ in 0..<300 {
                let bytes: [UInt32] = [0x41, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98]
                let ids = (0..<20).map { _ in bytes[random.below(bytes.count)] }
                var decoder = StreamingDecoder(tokenizer)
                var pieces: [UInt8] = []
                for id in ids {
                    let piece = decoder.append(id)
                    #expect(String(validating: piece, as: UTF8.self) != nil)
                    pieces += piece
                }
                pieces += decoder.finish()
                #expect(pieces == tokenizer.decode(ids), "\(ids)")
                #expect(pieces == Array(String(decoding: ids.map { UInt8($0) }, as: UTF8.self).utf8), "\(ids)")
            }
        }
    }
}

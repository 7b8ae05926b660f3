import TestSupport
import Testing

@testable import SkipTokenizer

@Suite("Merging")
struct PairMergerTests {
    /// Merges of `a` and `b` that overlap in many ways.
    private static let definition = TokenizerDefinition.bytes(
        merging: [
            ("b", "a"), ("a", "a"), ("aa", "b"), ("aa", "aa"), ("ba", "ba"), ("aab", "a"), ("b", "b"), ("aaaa", "aaaa"),
            ("a", "ba"), ("baba", "a"), ("bb", "aa"),
        ], pattern: nil)

    /// Merges by the definition of byte-pair encoding, without optimization.
    private func merged(_ text: [UInt8], _ definition: TokenizerDefinition) -> [UInt32] {
        var ids = text.map { UInt32($0) }
        while true {
            var best: (rank: Int, index: Int)?
            for index in ids.indices.dropLast() {
                let (left, right) = (ids[index], ids[index + 1])
                let merge = definition.merges.firstIndex { $0.left == left && $0.right == right }
                guard let rank = merge else { continue }
                if rank < best?.rank ?? .max { best = (rank, index) }
            }
            guard let best else { return ids }
            ids[best.index] = definition.merges[best.rank].result
            ids.remove(at: best.index + 1)
        }
    }

    @Test("Short and long words are merged by the definition")
    func agreesWithTheDefinition() throws {
        var random = SplitMix64(seed: 11)
        try withTokenizer(Self.definition) { tokenizer in
            for length in Array(0..<60) + [95, 96, 97, 200] {
                let text = (0..<length).map { _ in UInt8(ascii: random.below(3) == 0 ? "b" : "a") }
                #expect(tokenizer.encode(text) == merged(text, Self.definition), "length \(length)")
            }
        }
    }

    @Test("A word that is a token stays whole when merges are ignored")
    func takesWholeWords() throws {
        var definition = TokenizerDefinition.bytes(merging: [("a", "b")], pattern: .gpt2)
        definition.tokens.append(.init(bytes: "xyz", isWord: true))
        definition.tokens.append(.init(bytes: "xy", isWord: false))
        let ab = try #require(definition.id("ab"))
        let xyz = try #require(definition.id("xyz"))
        try withTokenizer(definition) { #expect($0.encode("xyz ab") == [0x78, 0x79, 0x7A, 0x20, ab]) }
        definition.ignoresMerges = true
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.encode("xyz") == [xyz])
            #expect(tokenizer.encode("ab.xyz.xy") == [ab, 0x2E, xyz, 0x2E, 0x78, 0x79])
            #expect(tokenizer.layout.wholeWordCount == 1)
        }
    }

    @Test("A byte without a token is dropped before its neighbours are merged")
    func passesOverMissingBytes() throws {
        var definition = TokenizerDefinition.bytes(merging: [("a", "b")], pattern: nil)
        definition.byteTokenIDs[0x2D] = nil
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.encode("a--b-") == [256])
            #expect(tokenizer.encode("--") == [])
        }
    }
}

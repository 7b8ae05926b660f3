import TestSupport
import Testing

@testable import SkipTokenizer

@Suite struct CanonicalCompositionTests {
    /// Letters that decompose, Hangul, marks of several classes, marks that decompose, and Tibetan vowel signs.
    private static let scalars: [Unicode.Scalar] = [
        "a", "e", "\u{E9}", "\u{1EC7}", "\u{1100}", "\u{1161}", "\u{11A8}", "\u{AC00}", "\u{9C7}", "\u{9BE}", "\u{301}",
        "\u{323}", "\u{327}", "\u{308}", "\u{344}", "\u{345}", "\u{F71}", "\u{F72}", "\u{F73}", "\u{F81}", "\u{300}",
        "\u{302}", "\u{3099}", "\u{304B}", "\u{338}", "=", "\u{5B4}", "\u{FB1D}",
    ]

    /// The algorithm for long sequences of marks equals the standard library's on short ones.
    @Test func composesLikeTheStandardLibrary() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<5000 {
            let count = Int.random(in: 1...8, using: &random)
            let text = String(
                String.UnicodeScalarView((0..<count).map { _ in Self.scalars.randomElement(using: &random)! }))
            let bytes = Array(text.utf8)
            #expect(
                CanonicalComposition.composed(bytes.span, markLimit: 0) == CanonicalComposition.composed(bytes.span),
                "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }

    /// A quadratic algorithm would need minutes.
    @Test("TK-85: alternating marks are composed in linear time") func composesAlternatingMarksInLinearTime() {
        let marks = String(repeating: "\u{323}\u{301}", count: 250_000)
        let composed = CanonicalComposition.composed(Array(("e" + marks + "x").utf8).span)
        let expected =
            "\u{1EB9}" + String(repeating: "\u{323}", count: 249_999)
            + String(repeating: "\u{301}", count: 250_000) + "x"
        #expect(composed == Array(expected.utf8))
    }
}

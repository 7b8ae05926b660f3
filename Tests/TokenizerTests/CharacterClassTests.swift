import TestSupport
import Testing

@testable import SkipTokenizer

/// Compares the classes of all 1 112 064 Unicode scalars with those of Hugging Face's regex engine and of Rust.
@Suite("Character classes")
struct CharacterClassTests {
    /// The classes of `character-classes.txt`, each with the rule that decides whether a scalar belongs to it.
    private static let rules: [Substring: @Sendable (Unicode.Scalar) -> Bool] = [
        "letter": { CharacterClass($0) == .letter },
        "number": { CharacterClass($0) == .number },
        "whitespace": { CharacterClass($0) == .whitespace },
        "punctuation": { $0.isPunctuation },
        "upper": { LetterCase($0) == .upper },
        "lower": { LetterCase($0) == .lower },
        "both": { LetterCase($0) == .both },
        "digit": { $0.isDigitForSplitting },
        "word": { $0.isWordCharacter },
    ]

    @Test("Each class has exactly the scalars of the reference")
    func agreesOnEveryScalar() throws {
        let reference = try referenceRanges()
        #expect(Set(reference.keys) == Set(Self.rules.keys))
        for (name, isMember) in Self.rules {
            let found = ranges(where: isMember)
            let difference = zip(found, reference[name] ?? []).first { $0 != $1 }
            #expect(found == reference[name], "\(name): \(String(describing: difference))")
        }
    }

    /// Returns the maximal ranges of scalars that satisfy a rule. A plain loop, because a debug build takes a minute
    /// for a million option sets but 0.1 s for a million calls of a rule.
    private func ranges(where isMember: (Unicode.Scalar) -> Bool) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        var first: UInt32?
        var value: UInt32 = 0
        while value <= 0x11_0000 {
            if let scalar = Unicode.Scalar(value), isMember(scalar) {
                if first == nil { first = value }
            } else if let start = first {
                ranges.append(start...value - 1)
                first = nil
            }
            value += 1
        }
        return ranges
    }

    /// Reads `character-classes.txt`: lines of class, first scalar and last scalar in hexadecimal, ascending.
    private func referenceRanges() throws -> [Substring: [ClosedRange<UInt32>]] {
        let bytes = try GoldenFile.read(RepositoryPaths.fixture("tokenizers/character-classes.txt"))
        var ranges: [Substring: [ClosedRange<UInt32>]] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            let first = try #require(UInt32(fields[1], radix: 16))
            let last = try #require(UInt32(fields[2], radix: 16))
            ranges[fields[0], default: []].append(first...last)
        }
        return ranges
    }
}

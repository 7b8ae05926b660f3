import TestSupport
import Testing

@testable import SkipTokenizer

/// Every Unicode scalar against the classes that Hugging Face's regex engine and Rust give it.
@Suite("Character classes")
struct CharacterClassTests {
    @Test("All 1 112 064 scalars have the class that the reference gives them")
    func agreesOnEveryScalar() throws {
        let reference = try ReferenceClasses()
        var differences: [String] = []
        for value: UInt32 in 0..<0x11_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let kind = CharacterClass(scalar)
            let found: ReferenceClasses.Traits = [
                kind == .letter ? .letter : [], kind == .number ? .number : [], kind == .whitespace ? .whitespace : [],
                scalar.isDigitForSplitting ? .digit : [], scalar.isWordCharacter ? .word : [],
            ]
            if found != reference.traits[Int(value)] { differences.append("U+" + String(value, radix: 16)) }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(20))")
    }
}

/// `character-classes.txt`: lines of class, first and last scalar in hexadecimal.
private struct ReferenceClasses {
    struct Traits: OptionSet {
        let rawValue: UInt8

        static let letter = Traits(rawValue: 1)
        static let number = Traits(rawValue: 2)
        static let whitespace = Traits(rawValue: 4)
        static let digit = Traits(rawValue: 8)
        static let word = Traits(rawValue: 16)
    }

    private(set) var traits = [Traits](repeating: [], count: 0x11_0000)

    init() throws {
        let names: [Substring: Traits] = [
            "letter": .letter, "number": .number, "whitespace": .whitespace, "digit": .digit, "word": .word,
        ]
        let text = String(
            decoding: try GoldenFile.read(RepositoryPaths.fixture("tokenizers/character-classes.txt")), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            let trait = try #require(names[fields[0]])
            let first = try #require(Int(fields[1], radix: 16))
            let last = try #require(Int(fields[2], radix: 16))
            for value in first...last { traits[value].insert(trait) }
        }
    }
}

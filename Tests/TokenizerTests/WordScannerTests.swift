import Testing

@testable import SkipTokenizer

/// A few cases of each pattern. Most cases are in the golden files.
@Suite("Word scanner")
struct WordScannerTests {
    private func words(_ text: String, _ pattern: PreTokenizer) -> [String] {
        let bytes = Array(text.utf8)
        let scanner = WordScanner(pattern: pattern)
        var words: [String] = []
        var position = 0
        while position < bytes.count {
            let end = scanner.wordEnd(in: bytes.span, from: position, to: bytes.count)
            words.append(String(decoding: bytes[position..<end], as: UTF8.self))
            position = end
        }
        return words
    }

    @Test(
        "GPT-2",
        arguments: [
            ("Hello, world! It's 2024", ["Hello", ",", " world", "!", " It", "'s", " 2024"]),
            ("  two  spaces ", [" ", " two", " ", " spaces", " "]),
            ("a\n\n b\t\tc\t d", ["a", "\n\n", " b", "\t", "\t", "c", "\t", " d"]),
            ("IT'S ''s 'tis", ["IT", "'", "S", " ''", "s", " '", "tis"]),
            ("é½Ⅷ日 😀\u{3000}x", ["é", "½Ⅷ", "日", " 😀", "\u{3000}", "x"]),
        ])
    func gpt2(_ text: String, _ expected: [String]) {
        #expect(words(text, .gpt2) == expected)
    }

    @Test(
        "Llama 3",
        arguments: [
            ("Hello, world! It'S 12345", ["Hello", ",", " world", "!", " It", "'S", " ", "123", "45"]),
            ("x !!\r\n\n  y", ["x", " !!\r\n\n", " ", " y"]),
            (" \n \n  z\n", [" \n \n", " ", " z", "\n"]),
            ("\tTab (paren)'ſ \u{A0}nb", ["\tTab", " (", "paren", ")'", "ſ", " ", "\u{A0}nb"]),
            ("don'tx 'rex", ["don", "'t", "x", " '", "rex"]),
        ])
    func llama3(_ text: String, _ expected: [String]) {
        #expect(words(text, .llama3) == expected)
    }

    @Test("Qwen 2 splits numbers into digits")
    func qwen2() {
        #expect(words("a1234 'll", .qwen2) == ["a", "1", "2", "3", "4", " '", "ll"])
    }

    @Test("Without a pattern, the whole text is one word")
    func none() {
        #expect(words("a b\n1", .none) == ["a b\n1"])
    }
}

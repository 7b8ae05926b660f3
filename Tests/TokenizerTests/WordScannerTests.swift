import Testing

@testable import SkipTokenizer

/// A few cases of each pattern. Most cases are in the golden files.
@Suite("Word scanner")
struct WordScannerTests {
    private func words(_ text: String, _ pattern: WordPattern) -> [String] {
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

    @Test(
        "o200k divides where upper-case letters follow lower-case ones",
        arguments: [
            ("camelCaseHTTPServer", ["camel", "Case", "HTTPServer"]),
            ("It's DON'T we'LLx", ["It's", " DON'T", " we'LL", "x"]),
            ("a/b//\n1234 \u{301}x", ["a", "/b", "//\n", "123", "4", " \u{301}x"]),
            ("\u{301}AB \u{6F22}\u{5B57}A", ["\u{301}", "AB", " \u{6F22}\u{5B57}", "A"]),
        ])
    func o200k(_ text: String, _ expected: [String]) {
        #expect(words(text, .o200k) == expected)
    }

    @Test("Tekken has single digits and no contractions")
    func tekken() {
        #expect(words("It's 12", .tekken) == ["It", "'s", " ", "1", "2"])
    }

    @Test("A space mark begins a word after another character")
    func spaceMarks() {
        #expect(words("▁▁a▁b▁▁\n", .spaceMark) == ["▁▁a", "▁b", "▁▁\n"])
    }

    private func matches(_ text: String, _ pattern: WordPattern) -> [String] {
        let bytes = Array(text.utf8)
        let scanner = WordScanner(pattern: pattern)
        var matches: [String] = []
        var position = 0
        while position < bytes.count {
            let word = scanner.nextWord(in: bytes.span, from: position, to: bytes.count)
            if !word.isEmpty { matches.append(String(decoding: bytes[word], as: UTF8.self)) }
            position = word.upperBound
        }
        return matches
    }

    @Test("Patterns that leave text between their matches")
    func runs() {
        let text = "ab  c,\t. 12½漢字x한\r\n!"
        #expect(matches(text, .digit) == ["1", "2", "½"])
        #expect(matches(text, .digits) == ["12½"])
        #expect(matches(text, .lineEnd) == ["\r", "\n"])
        #expect(matches(text, .letters) == ["ab", " c", "漢字x한"])
        #expect(matches(text, .punctuation) == [",", "\t.", "\n!"])
        #expect(matches(text, .eastAsian) == ["漢字", "한"])
    }
}

import SkipFiles
import SkipTokenizer

/// The regular expressions of `tokenizer.json` files for which a scanner exists. Patterns are compared byte for byte
/// and never evaluated.
enum KnownPatterns {
    /// Returns the pattern of an expression; nil for an unknown one.
    static func pattern(for expression: ByteString) -> WordPattern? { patterns[expression] }

    private static let patterns: [ByteString: WordPattern] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        cl100k(digits: #"\p{N}{1,3}"#): .llama3,
        cl100k(digits: #"\p{N}"#): .qwen2,
        o200k(contractions: "(?i:'s|'t|'re|'ve|'m|'ll|'d)?", digits: #"\p{N}{1,3}"#): .o200k,
        o200k(contractions: "", digits: #"\p{N}"#): .tekken,
        "[\r\n]": .lineEnd,
        #"[\r\n]"#: .lineEnd,
        #"\s?\p{L}+"#: .letters,
        #"\s?\p{P}+"#: .punctuation,
        "[一-龥ࠀ-一가-퟿]+": .eastAsian,
    ]

    private static func cl100k(digits: String) -> ByteString {
        ByteString(
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
    }

    private static func o200k(contractions: String, digits: String) -> ByteString {
        let lead = #"[^\r\n\p{L}\p{N}]?"#
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
        let words = lead + upper + "*" + lower + "+" + contractions + "|" + lead + upper + "+" + lower + "*"
        return ByteString(
            words + contractions + "|" + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
    }
}

import SkipFiles
import SkipTokenizer

/// The regular expressions of `tokenizer.json` files for which a scanner exists. Patterns are compared byte for byte
/// and never evaluated.
enum KnownPatterns {
    /// Returns the pre-tokenizer of a pattern; nil for an unknown pattern.
    static func preTokenizer(for pattern: ByteString) -> PreTokenizer? { patterns[pattern] }

    private static let patterns: [ByteString: PreTokenizer] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        cl100k(digits: #"\p{N}{1,3}"#): .llama3,
        cl100k(digits: #"\p{N}"#): .qwen2,
    ]

    private static func cl100k(digits: String) -> ByteString {
        ByteString(
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
                + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)
    }
}

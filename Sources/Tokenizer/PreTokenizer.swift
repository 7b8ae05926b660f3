/// How text is cut into words before merging. Raw values are those of the compiled table.
public enum PreTokenizer: UInt8, Sendable, CaseIterable {
    /// GPT-2's pattern, the one built into Hugging Face's `ByteLevel`.
    case gpt2 = 1
    /// Llama 3's pattern (cl100k's as well): numbers in groups of at most three digits.
    case llama3 = 2
    /// Qwen 2's and 3's pattern: digits one by one.
    case qwen2 = 3
    /// SmolLM's first form: `Digits` one by one, then GPT-2's pattern between them.
    case digitsThenGPT2 = 4
    /// No pattern: a piece of text is one word.
    case none = 5
}

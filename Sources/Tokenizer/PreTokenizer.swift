/// The pattern that splits text into words before merging. Raw values are those of the compiled table.
public enum PreTokenizer: UInt8, Sendable, CaseIterable {
    /// GPT-2's pattern, the one built into Hugging Face's `ByteLevel`.
    case gpt2 = 1
    /// Llama 3's pattern, which is also that of cl100k: numbers in groups of at most three digits.
    case llama3 = 2
    /// Qwen 2's and 3's pattern: digits one by one.
    case qwen2 = 3
    /// The pattern of SmolLM's first version: `Digits` one by one, and GPT-2's pattern between them.
    case digitsThenGPT2 = 4
    /// No pattern: a piece of text is one word.
    case none = 5
}

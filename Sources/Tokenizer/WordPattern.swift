/// A regular expression that splits text into words before merging, for which a scanner exists. Raw values are those of
/// the compiled table.
public enum WordPattern: UInt32, Sendable, CaseIterable {
    /// GPT-2's pattern, the one built into Hugging Face's `ByteLevel`.
    case gpt2 = 1
    /// Llama 3's pattern, which is also that of cl100k: numbers in groups of at most three digits.
    case llama3 = 2
    /// Qwen 2's and 3's pattern: digits one by one.
    case qwen2 = 3
    /// The pattern of o200k (Phi-4-mini, Llama 4): words of upper-case and then lower-case letters.
    case o200k = 4
    /// Mistral's Tekken: that of o200k with digits one by one and without contractions.
    case tekken = 5
    /// Each numeric character (Nd, Nl, No) is a word: `Digits` one by one.
    case digit = 16
    /// Runs of numeric characters: `Digits`.
    case digits = 17
    /// `[\r\n]`
    case lineEnd = 18
    /// `\s?\p{L}+`
    case letters = 19
    /// `\s?\p{P}+`
    case punctuation = 20
    /// `[一-龥ࠀ-一가-퟿]+`, which is U+0800 to U+9FA5 and U+AC00 to U+D7FF.
    case eastAsian = 21
    /// Each U+2581 after another character begins a word. A conversion adds it where no merge crosses such a place, so
    /// that it changes no ids and makes words short.
    case spaceMark = 22

    /// Whether the matches of the pattern cover every text without gaps.
    public var coversText: Bool { rawValue < 16 || self == .spaceMark }
}

/// Where the tokenizer of a conversion is read from.
public enum TokenizerChoice: Equatable, Sendable {
    /// The tokenizer of the model directory, if there is one: `tokenizer.json`, `tokenizer.model` or `*.tiktoken`.
    case modelDirectory
    /// A file of one of these kinds, or a directory that contains one.
    case path(String)
    /// No tokenizer: the file will accept token ids only.
    case none
}

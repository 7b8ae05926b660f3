/// Where the tokenizer of a conversion is read from.
public enum TokenizerChoice: Equatable, Sendable {
    /// `tokenizer.json` of the model directory, if there is one.
    case modelDirectory
    /// A `tokenizer.json` file, or a directory that contains one.
    case path(String)
    /// No tokenizer: the file will accept token ids only.
    case none
}

import SkipFormat
import SkipTokenizer

/// An error of opening or running a model.
public enum RuntimeError: Error, Equatable, Sendable {
    /// The file is not a valid `.skipgpt` file, or could not be read.
    case format(FormatError)
    /// No instruction set has this name.
    case unknownInstructionSet(name: String)
    /// The instruction set is not compiled in, or this processor does not have it.
    case unavailableInstructionSet(name: String)
    /// No activation precision has this name.
    case unknownActivationPrecision(name: String)
    /// An option of a session or of the sampler is out of its range.
    case optionOutOfRange(option: String)
    /// The buffers of a session would be larger than any machine's memory. `what` names the buffer that exceeds the
    /// limit.
    case sizeLimit(what: String)
    /// The system refused the memory of a session.
    case outOfMemory(byteCount: Int)
    /// The system refused to start a thread; `code` is its errno.
    case threadStartFailed(code: Int32)
    /// A token id is not in the vocabulary.
    case tokenOutOfRange(token: Int, vocabularySize: Int)
    /// The session has too few positions left.
    case positionsExhausted(needed: Int, available: Int)
    /// The imposed routes have too few tokens, or belong to a model with another number of layers.
    case routesMissing(needed: Int, recorded: Int)
    /// The prompt has no tokens.
    case emptyPrompt
    /// The file holds no tokenizer.
    case noTokenizer
    /// The file's tokenizer table is damaged.
    case invalidTokenizer(TokenizerTableError)
}

/// An error and the path of the model that it concerns.
public struct RuntimeFailure: Error, Equatable, Sendable {
    public let path: String
    public let error: RuntimeError

    public init(path: String, error: RuntimeError) {
        self.path = path
        self.error = error
    }
}

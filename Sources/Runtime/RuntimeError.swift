import SkipFormat
import SkipTokenizer

/// Why a model could not be opened or run.
public enum RuntimeError: Error, Equatable, Sendable {
    /// The file is not a valid `.skipgpt` file, or could not be read.
    case format(FormatError)
    /// The configuration asks for a tensor that the file does not hold.
    case missingTensor(name: String)
    /// A tensor's shape is not the one that the configuration gives it.
    case shapeMismatch(name: String, expected: [Int], found: [Int])
    /// This runtime has no kernels for the tensor's element type.
    case unsupportedElementType(name: String, elementType: String)
    /// A number of the configuration lies outside of what the runtime computes with.
    case configurationOutOfRange(field: String, value: Int)
    /// No instruction set has this name.
    case unknownInstructionSet(name: String)
    /// The instruction set is not compiled in, or this processor lacks it.
    case unavailableInstructionSet(name: String)
    /// No activation precision has this name.
    case unknownActivationPrecision(name: String)
    /// An option of a session or of the sampler is out of its range.
    case optionOutOfRange(option: String)
    /// The buffers of a session would be larger than any machine's memory; `what` names the first that is.
    case sizeLimit(what: String)
    /// The system refused the memory of a session.
    case outOfMemory(byteCount: Int)
    /// The system refused to start a thread; `code` is its errno.
    case threadStartFailed(code: Int32)
    /// A token id that the vocabulary does not have.
    case tokenOutOfRange(token: Int, vocabularySize: Int)
    /// More tokens than the session has positions for.
    case positionsExhausted(needed: Int, available: Int)
    /// Routes were imposed, and are of fewer tokens or of a model with other layers.
    case routesMissing(needed: Int, recorded: Int)
    /// A prompt without tokens.
    case emptyPrompt
    /// The file holds no tokenizer.
    case noTokenizer
    /// The file's tokenizer table is damaged.
    case invalidTokenizer(TokenizerTableError)
}

/// An error together with the path of the model that it concerns.
public struct RuntimeFailure: Error, Equatable, Sendable {
    public let path: String
    public let error: RuntimeError

    public init(path: String, error: RuntimeError) {
        self.path = path
        self.error = error
    }
}

import SkipFiles
import SkipFormat
import SkipRuntime

/// Why an evaluation did not succeed.
package enum EvaluationError: Error {
    /// A text, a list of token ids or a trace breaks a rule, or cannot be read.
    case input(InputError)
    /// A `.skipgpt` file breaks a rule, or cannot be read.
    case skipFile(SkipFileFailure)
    /// A model could not be opened or run.
    case runtime(RuntimeFailure)
    /// A trace could not be written.
    case output(OutputError)
    /// A text is longer than `TextTokens.byteLimit`.
    case textTooLarge(path: String)
    /// A text or a list has fewer tokens than the evaluation needs.
    case tooFewTokens(count: Int, needed: Int)
    /// The files differ in their number of layers or in the size of their vocabulary.
    case differentModels(path: String, other: String)
    /// The shapes of a trace's tensors overflow.
    case traceTooLarge(tokenCount: Int)
}

extension EvaluationError {
    /// Runs `body`, and throws its error as `input`.
    static func input<Result>(_ body: () throws(InputError) -> Result) throws(EvaluationError) -> Result {
        do { return try body() } catch { throw .input(error) }
    }

    /// Runs `body`, and throws its error as `output`.
    static func output<Result>(_ body: () throws(OutputError) -> Result) throws(EvaluationError) -> Result {
        do { return try body() } catch { throw .output(error) }
    }
}

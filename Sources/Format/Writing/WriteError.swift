import SkipFiles

/// The reason why a `.skipgpt` file or a file of tensors was not written. No new file exists, and an old file is
/// unchanged.
public enum WriteError: Error, Sendable {
    /// The target is unsuitable, or the operating system refused an operation.
    case output(OutputError)
    /// The source of rows failed.
    case rows(any Error)
    /// The caller cancelled the operation.
    case cancelled
    /// The written file does not pass the reader: a defect of this program, or damage between memory and disk.
    case selfCheck(FormatError)

    /// Runs `body` and throws its error as `output`.
    package static func output<Result>(
        _ body: () throws(OutputError) -> Result
    ) throws(WriteError) -> Result {
        do { return try body() } catch { throw .output(error) }
    }
}

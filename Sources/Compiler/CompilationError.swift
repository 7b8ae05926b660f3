import SkipConvert
import SkipFiles
import SkipFormat
import SkipModel
import SkipTokenizer

/// Why a conversion, a merge or a quantization failed. No output is left behind.
public enum CompilationError: Error {
    /// An input breaks a rule, or cannot be read.
    case input(InputError)
    /// A `.skipgpt` file that is read breaks a rule, or cannot be read.
    case skipFile(SkipFileFailure)
    /// The compiled tokenizer would break a rule of its table.
    case tokenizer(path: String, TokenizerTableError)
    /// The model does not fit the format.
    case layout(LayoutError)
    /// A pass returned an invalid graph, which is a bug of this library.
    case graph(GraphFlaw)
    /// The output could not be written.
    case write(WriteError)
    /// The caller cancelled the operation.
    case cancelled

    /// A merge was requested without an adapter and without a checkpoint file.
    case nothingToMerge
    /// An alpha was given, but every adapter states its own.
    case unusedAdapterAlpha
    /// There are adapters to merge, and OpenBLAS cannot be loaded.
    case missingOpenBLAS
    /// The system refuses the memory that OpenBLAS takes on the threads.
    case outOfMemory(byteCount: Int)
    /// A type was given for the output head, but the head is the token embedding.
    case tiedOutputHead
    /// The pattern of an output type matches no matrix.
    case unmatchedTensorType(pattern: String)
    /// A file to quantize contains an int8 tensor.
    case alreadyQuantized(path: String, tensor: TensorID)
    /// A file to dequantize contains no int8 tensor.
    case notQuantized(path: String)
}

extension CompilationError {
    init(_ error: WriteError) {
        switch error {
        case .rows(let cause as InputError): self = .input(cause)
        case .cancelled: self = .cancelled
        default: self = .write(error)
        }
    }

    init(_ error: TokenizerSourceError) {
        switch error {
        case .input(let error): self = .input(error)
        case .table(let path, let error): self = .tokenizer(path: path, error)
        }
    }

    init(_ error: ParallelFailure<InputError>) {
        switch error {
        case .failed(let error): self = .input(error)
        case .cancelled: self = .cancelled
        }
    }

    /// Runs `body`, and throws its error as `input`.
    static func input<Result>(_ body: () throws(InputError) -> Result) throws(CompilationError) -> Result {
        do { return try body() } catch { throw .input(error) }
    }

    /// Runs `body`, and throws its error as `write`, `input` or `cancelled`.
    static func write<Result>(_ body: () throws(WriteError) -> Result) throws(CompilationError) -> Result {
        do { return try body() } catch { throw CompilationError(error) }
    }
}

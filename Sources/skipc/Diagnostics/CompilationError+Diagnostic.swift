import SkipCompiler
import SkipDiagnostics
import SkipEvaluate
import SkipFiles

extension CompilationError: Diagnosable {
    package var diagnostic: Diagnostic {
        switch self {
        case .input(let error): error.diagnostic
        case .skipFile(let error): error.diagnostic
        case .tokenizer(let path, let error): error.diagnostic(path: path)
        case .layout(let error): error.diagnostic
        case .graph(let flaw): flaw.diagnostic
        case .write(let error): error.diagnostic
        case .cancelled: Diagnostic(.internalError, "cancelled")
        case .nothingToMerge:
            Diagnostic(.usage, "there is nothing to merge", hint: "give an adapter: --lora PATH")
        case .unusedAdapterAlpha:
            Diagnostic(
                .usage, "--lora-alpha is for LoRA tensors without adapter_config.json, and there are none",
                hint: "omit it: every adapter states its own alpha")
        case .missingOpenBLAS:
            Diagnostic(
                .system, "adapters are merged with OpenBLAS, which cannot be loaded",
                hint: "install it: apt-get install libopenblas0")
        case .outOfMemory(let byteCount):
            Diagnostic(
                .system, "no memory: merging adapters may map \(ByteCount.text(byteCount))",
                hint: "raise the limit of `ulimit -v`, or use fewer --threads")
        case .tiedOutputHead:
            Diagnostic(
                .usage, "--output-tensor-type: the output head of this model is its token embedding",
                hint: "use --token-embedding-type")
        case .unmatchedTensorType(let pattern):
            Diagnostic(.usage, "--tensor-type \(ByteString(pattern)): no matrix has such a name")
        case .alreadyQuantized(let path, let tensor):
            Diagnostic(
                .usage, place: "\(ByteString(path))",
                "\(tensor) is int8 already, and rounding again would increase its error",
                hint: "give the float file or its checkpoint; `dequantize` converts int8 to floats")
        case .notQuantized(let path):
            Diagnostic(.usage, place: "\(ByteString(path))", "the file contains no int8 tensors")
        }
    }
}

extension EvaluationError: Diagnosable {
    package var diagnostic: Diagnostic {
        switch self {
        case .input(let error): error.diagnostic
        case .skipFile(let error): error.diagnostic
        case .runtime(let error): error.diagnostic
        case .output(let error): error.diagnostic
        case .textTooLarge(let path):
            Diagnostic(
                .usage, place: "\(ByteString(path))", "the text has more than \(ByteCount.text(TextTokens.byteLimit))")
        case .tooFewTokens(let count, let needed):
            Diagnostic(
                .usage, "there are \(count) tokens, but \(needed) are needed",
                hint: "give a longer text or a smaller --ctx")
        case .differentModels(let path, let other):
            Diagnostic(.usage, "\(ByteString(path)) and \(ByteString(other)) are files of different models")
        case .traceTooLarge(let tokenCount): Diagnostic(.usage, "a trace of \(tokenCount) tokens is too large")
        }
    }
}

import ArgumentParser
import SkipEvaluate
import SkipFiles
import SkipRuntime

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Run tokens through a model and write logits and every routing decision as safetensors.",
        usage: "skipc trace <file> (--ids <path> | -p <text>) -o <trace> [<options>]",
        discussion: HelpText.discussion(
            """
            Writes ids [T] I64, logits [T, vocabulary] F32, router_logits [layers, 2, T, 2] F32 (attention, MLP; \
            execute, skip) and executed [layers, 2, T] U8. A module without a router counts as executed, with router \
            logits 0, 0.

            Activations are float32, because a trace is for comparison; SKIPC_ACTIVATION_BITS=8|16|32 overrides this. \
            `run`, `perplexity` and `parity` of two files round activations of several tokens to 16 bits, so that \
            their decisions can differ from a trace. `parity --reference` computes as `trace` does.
            """,
            examples: ["skipc trace model.skipgpt -p \"Once upon a time\" -o trace.safetensors"])
    )

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String

    @Option(
        help: ArgumentHelp("A JSON list of token ids.", valueName: "path"), completion: .file(extensions: ["json"]))
    var ids: String?

    @Option(
        name: [.customShort("p"), .customLong("prompt")],
        help: ArgumentHelp("A text, instead of token ids.", valueName: "text"))
    var prompt: String?

    @Option(
        name: [.short, .customLong("output")], help: ArgumentHelp("The safetensors file to write.", valueName: "trace"),
        completion: .file())
    var output: String

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup(title: "Running the model") var options: RunOptions

    func validate() throws {
        if (ids == nil) == (prompt == nil) { throw ValidationError("Give either --ids or -p") }
    }

    func run() throws {
        let opened = try OpenedModel(file, instructionSet: try options.choices().instructionSet)
        let tokens = try tokens(opened)
        let session = try opened.session(try options.session(otherwise: .float32), positions: max(tokens.count, 1))
        let recorder = RoutingRecorder(for: opened.model)
        session.recorder = recorder
        let configuration = opened.model.configuration
        Interruption.startRecording()
        let trace = try TraceFile(
            OutputTarget(path: output, overwrite: force, inputs: inputs), tokenCount: tokens.count,
            vocabularySize: configuration.vocabularySize, layerCount: configuration.layers.count)
        // A file without a name needs no cleaning, so that a signal may end the process at once.
        if !trace.hasTemporaryName { Interruption.stopRecording() }
        var failure: EvaluationError?
        try opened.naming { () throws(RuntimeError) in
            try session.prefill(tokens) { index, logits in
                if let interruption = Interruption.pending {
                    trace.discard()
                    interruption.raiseAgain()
                }
                if failure != nil { return }
                do throws(EvaluationError) { try trace.writeLogits(logits, token: index) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        // The file has a name for a moment before it gets its own.
        Interruption.startRecording()
        try trace.finish(ids: tokens, routerLogits: recorder.routerLogits, executed: recorder.executed)
    }

    /// The files that the trace must not replace.
    private var inputs: ProtectedFiles {
        var files = ProtectedFiles()
        for path in [file] + (ids.map { [$0] } ?? []) { files.add(path: path) }
        return files
    }

    private func tokens(_ opened: OpenedModel) throws -> [UInt32] {
        if let prompt {
            return try opened.naming { () throws(RuntimeError) in try opened.model.tokenizer().encode(prompt) }
        }
        return try TokenListReader.read(ids ?? "")
    }
}

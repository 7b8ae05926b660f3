import ArgumentParser
import SkipDiagnostics
import SkipRuntime

/// The options of commands that run a model.
struct RunOptions: ParsableArguments {
    @Flag(help: "Execute all modules; routers are not evaluated.")
    var dense = false

    @Option(
        help: ArgumentHelp(
            "Execute a module if execute - skip + BIAS >= 0 (default: the file's value, usually 0).",
            valueName: "bias"))
    var skipBias: Float?

    @OptionGroup var threads: ThreadOptions

    /// The choices that the environment makes.
    func choices() throws -> RuntimeChoices { try Environment.runtimeChoices() }

    /// Returns options for sessions. `otherwise` is the activation precision if the environment does not force one.
    func session(otherwise: ActivationPrecision = .standard) throws -> Session.Options {
        var options = Session.Options()
        options.isDense = dense
        options.skipBias = skipBias
        options.threadCount = threads.requested
        options.activationPrecision = try choices().activationPrecision ?? otherwise
        return options
    }
}

import ArgumentParser
import SkipDiagnostics
import SkipRuntime

/// How a model is run, in every command that runs one.
struct RunOptions: ParsableArguments {
    @Flag(help: "Run every module, whatever the routers say.")
    var dense = false

    @Option(
        help: ArgumentHelp(
            "Added to execute − skip before the comparison with 0: above 0 runs more modules, below 0 fewer.",
            valueName: "bias"))
    var skipBias: Float?

    @OptionGroup var threads: ThreadOptions

    /// What the environment decides about a run.
    func choices() throws -> RuntimeChoices { try Environment.runtimeChoices() }

    /// Options for sessions; `otherwise` is the activation precision that the command uses unless the environment forces
    /// another.
    func session(otherwise: ActivationPrecision = .standard) throws -> Session.Options {
        var options = Session.Options()
        options.isDense = dense
        options.skipBias = skipBias
        options.threadCount = threads.requested
        options.activationPrecision = try choices().activationPrecision ?? otherwise
        return options
    }
}

import ArgumentParser
import SkipCompiler
import SkipDiagnostics
import SkipFiles

/// The command line. Each subcommand is a file in `Commands`.
@main
struct SkipC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skipc",
        abstract: "Compile routed language models (SkipGPT) into files that run only the modules the routers choose.",
        version: ToolVersion.text,
        subcommands: [
            ConvertCommand.self,
            QuantizeCommand.self,
            DequantizeCommand.self,
            MergeCommand.self,
            InspectCommand.self,
            ValidateCommand.self,
            DiffCommand.self,
            RunCommand.self,
            TraceCommand.self,
            BenchCommand.self,
            PerplexityCommand.self,
            ParityCommand.self,
        ]
    )

    static func main() {
        Environment.disableOpenBLASThreads()
        Interruption.ignoreFileSizeSignal()
        MappingFaultReport.install(program: "skipc")
        do {
            try StandardStream.occupyClosed()
            // `run` has the options of `skiprun`, which both parse in the same way.
            if let words = RunCommand.words(ProgramArguments.words) { return try RunCommand.run(words) }
            var command = try parseAsRoot(ScaledAdapterOption.joined(ProgramArguments.words))
            try command.run()
        } catch {
            ErrorExit.exit(after: error)
        }
    }
}

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
            PackCommand.self,
            UnpackCommand.self,
            RepairCommand.self,
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
            let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
            let (words, notes) = try AlternativeWords.replaced(in: ProgramArguments.words, ownCommands: names)
            CommandOutput.note(notes)
            // `run` has the options of `skiprun`, which both parse in the same way.
            if let words = RunCommand.words(words) { return try RunCommand.run(words) }
            var command = try parseAsRoot(ScaledAdapterOption.joined(words))
            try command.run()
        } catch {
            ErrorExit.exit(after: error)
        }
    }
}

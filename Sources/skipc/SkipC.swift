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
        discussion: HelpText.discussion(
            """
            The routers of such a model decide, for every token and layer, whether the attention and the MLP run.

            Exit codes: 0 success, 1 a negative verdict, 2 usage, 3 malformed input, 4 I/O, 5 a limit, \
            6 unsupported, 70 a bug.
            """,
            examples: [
                "skipc convert smollm2 --router routers.safetensors -o smollm2.skipgpt",
                "skipc run smollm2.skipgpt -p \"Once upon a time\" -n 64 --stats",
                "skipc perplexity smollm2.skipgpt --text sample.txt",
            ]),
        version: VersionDetails.parserText,
        groupedSubcommands: [
            CommandGroup(
                name: "Compile",
                subcommands: [
                    ConvertCommand.self, QuantizeCommand.self, DequantizeCommand.self, MergeCommand.self,
                ]),
            CommandGroup(name: "Ship", subcommands: [PackCommand.self, UnpackCommand.self, RepairCommand.self]),
            CommandGroup(
                name: "Check", subcommands: [InspectCommand.self, ValidateCommand.self, DiffCommand.self]),
            CommandGroup(name: "Run", subcommands: [RunCommand.self, TraceCommand.self]),
            CommandGroup(
                name: "Measure", subcommands: [BenchCommand.self, PerplexityCommand.self, ParityCommand.self]),
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

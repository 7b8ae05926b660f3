import ArgumentParser
import SkipDiagnostics
import SkipFiles
import SkipGenerate

/// `run`. `GenerateProgram` parses its options, as for `skiprun`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: GenerateDescription.abstract,
        usage: "skipc run <file> -p <text> [<options>]",
        discussion: HelpText.discussion(
            GenerateDescription.discussion, examples: GenerateDescription.examples(command: "skipc run")))

    @OptionGroup var options: RunDeclarations

    /// Returns the words after `run`; nil for another command.
    static func words(_ words: [String]) -> [String]? {
        if words.first == configuration.commandName { return Array(words.dropFirst()) }
        return words.prefix(2) == ["help", "run"] ? ["--help"] : nil
    }

    static func run(_ words: [String]) throws {
        if words.first == "--generate-completion-script" {
            return try StandardStream.output.write(SkiprunDeclaration.completionScript(words.dropFirst().first))
        }
        try GenerateProgram.run(
            words, program: "skipc", command: "skipc run", environment: Environment.value,
            versionDetails: VersionDetails.lines)
    }

    /// Only reached if something precedes `run` on the command line.
    func run() throws {
        try Self.run(Array(ProgramArguments.words.drop { $0 != "run" }.dropFirst()))
    }
}

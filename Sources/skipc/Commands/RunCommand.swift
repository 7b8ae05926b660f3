import ArgumentParser
import SkipDiagnostics
import SkipGenerate

/// `run`. `GenerateProgram` parses its options, as for `skiprun`. They are declared here for shell completions and the
/// manual.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Generate text from a prompt. Only the modules that the routers choose run.")

    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String?

    @Option(name: .of(.model), help: .of(.model), completion: .file(extensions: ["skipgpt"])) var model: String?
    @Flag(name: .of(.dense), help: .of(.dense)) var dense = false
    @Option(name: .of(.skipBias), help: .of(.skipBias)) var skipBias: String?
    @Option(name: .of(.threads), help: .of(.threads)) var threads: String?
    @Option(name: .of(.prompt), help: .of(.prompt)) var prompt: String?
    @Option(name: .of(.promptFile), help: .of(.promptFile), completion: .file()) var promptFile: String?
    @Option(name: .of(.ids), help: .of(.ids)) var ids: String?
    @Option(name: .of(.tokenCount), help: .of(.tokenCount)) var tokenCount: String?
    @Option(name: .of(.stop), help: .of(.stop)) var stop: [String] = []
    @Flag(name: .of(.noEcho), help: .of(.noEcho)) var noEcho = false
    @Flag(name: .of(.json), help: .of(.json)) var json = false
    @Flag(name: .of(.statistics), help: .of(.statistics)) var statistics = false
    @Option(name: .of(.temperature), help: .of(.temperature)) var temperature: String?
    @Option(name: .of(.topCount), help: .of(.topCount)) var topCount: String?
    @Option(name: .of(.topProbability), help: .of(.topProbability)) var topProbability: String?
    @Option(name: .of(.minimumProbability), help: .of(.minimumProbability)) var minimumProbability: String?
    @Option(name: .of(.repetitionPenalty), help: .of(.repetitionPenalty)) var repetitionPenalty: String?
    @Option(name: .of(.seed), help: .of(.seed)) var seed: String?
    @Flag(name: .of(.verify), help: .of(.verify)) var verify = false
    @Option(name: .of(.rootHash), help: .of(.rootHash)) var rootHash: String?

    /// Returns the words after `run`; nil for another command.
    static func words(_ words: [String]) -> [String]? {
        if words.first == configuration.commandName { return Array(words.dropFirst()) }
        return words.prefix(2) == ["help", "run"] ? ["--help"] : nil
    }

    static func run(_ words: [String]) throws {
        try GenerateProgram.run(words, program: "skipc", command: "skipc run", environment: Environment.value)
    }

    /// Only reached if something precedes `run` on the command line.
    func run() throws {
        try Self.run(Array(ProgramArguments.words.drop { $0 != "run" }.dropFirst()))
    }
}

extension NameSpecification {
    /// The names of an option in its table.
    fileprivate static func of(_ option: GenerateOption) -> NameSpecification {
        NameSpecification(
            option.entry.names.map { name -> NameSpecification.Element in
                name.hasPrefix("--") ? .customLong(String(name.dropFirst(2))) : .customShort(name.last ?? " ")
            })
    }
}

extension ArgumentHelp {
    /// The help of an option in its table.
    fileprivate static func of(_ option: GenerateOption) -> ArgumentHelp {
        ArgumentHelp(option.entry.help, valueName: option.entry.value?.lowercased())
    }
}

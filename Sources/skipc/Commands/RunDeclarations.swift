import ArgumentParser
import SkipGenerate

/// The options of `run` and `skiprun`, declared for shell completions and the manual. `GenerateProgram` parses them.
struct RunDeclarations: ParsableArguments {
    @Argument(help: "The .skipgpt file.", completion: .file(extensions: ["skipgpt"]))
    var file: String?

    @OptionGroup(title: GenerateOption.Group.model.rawValue) var model: Model
    @OptionGroup(title: GenerateOption.Group.text.rawValue) var text: Text
    @OptionGroup(title: GenerateOption.Group.sampling.rawValue) var sampling: Sampling
    @OptionGroup(title: GenerateOption.Group.checks.rawValue) var checks: Checks

    struct Model: ParsableArguments {
        @Option(name: .of(.model), help: .of(.model), completion: .file(extensions: ["skipgpt"])) var model: String?
        @Flag(name: .of(.dense), help: .of(.dense)) var dense = false
        @Option(name: .of(.skipBias), help: .of(.skipBias)) var skipBias: String?
        @Option(name: .of(.threads), help: .of(.threads)) var threads: String?
    }

    struct Text: ParsableArguments {
        @Option(name: .of(.prompt), help: .of(.prompt)) var prompt: String?
        @Option(name: .of(.promptFile), help: .of(.promptFile), completion: .file()) var promptFile: String?
        @Option(name: .of(.ids), help: .of(.ids)) var ids: String?
        @Option(name: .of(.tokenCount), help: .of(.tokenCount)) var tokenCount: String?
        @Option(name: .of(.stop), help: .of(.stop)) var stop: [String] = []
        @Flag(name: .of(.noEcho), help: .of(.noEcho)) var noEcho = false
        @Flag(name: .of(.json), help: .of(.json)) var json = false
        @Flag(name: .of(.statistics), help: .of(.statistics)) var statistics = false
    }

    struct Sampling: ParsableArguments {
        @Option(name: .of(.temperature), help: .of(.temperature)) var temperature: String?
        @Option(name: .of(.topCount), help: .of(.topCount)) var topCount: String?
        @Option(name: .of(.topProbability), help: .of(.topProbability)) var topProbability: String?
        @Option(name: .of(.minimumProbability), help: .of(.minimumProbability)) var minimumProbability: String?
        @Option(name: .of(.repetitionPenalty), help: .of(.repetitionPenalty)) var repetitionPenalty: String?
        @Option(name: .of(.seed), help: .of(.seed)) var seed: String?
    }

    struct Checks: ParsableArguments {
        @Flag(name: .of(.verify), help: .of(.verify)) var verify = false
        @Option(name: .of(.rootHash), help: .of(.rootHash)) var rootHash: String?
    }
}

/// `skiprun`, for its shell completions. The program itself does not contain ArgumentParser.
struct SkiprunDeclaration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skiprun", abstract: GenerateDescription.abstract, version: VersionDetails.parserText)

    @OptionGroup var options: RunDeclarations

    /// Returns the completion script for a shell: `bash`, `zsh` or `fish`.
    static func completionScript(_ shell: String?) throws -> String {
        guard let shell = shell.flatMap(CompletionShell.init(rawValue:)) else {
            throw ValidationError("--generate-completion-script needs a shell: bash, zsh or fish")
        }
        return completionScript(for: shell) + "\n"
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

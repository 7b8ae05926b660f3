import SkipDiagnostics
import SkipFiles
import SkipRuntime

/// `skipc run` and `skiprun`, which differ only in their names. Writes to the standard streams on their behalf.
package enum GenerateProgram {
    /// Parses the command line and does what it requests.
    ///
    /// - Parameters:
    ///   - words: the command line after the name of the command.
    ///   - program: the name of the program, for notes.
    ///   - command: the name of the command, for the help: `skipc run`.
    ///   - environment: returns the value of an environment variable.
    ///   - versionDetails: returns further lines of `--version`.
    /// - Throws: errors that are `Diagnosable`.
    package static func run(
        _ words: [String], program: String, command: String, environment: (String) -> String?,
        versionDetails: () -> [(key: String, value: String)] = { [] }
    ) throws {
        let arguments = try GenerateArguments(words, command: command)
        switch (arguments.request, arguments.prompt) {
        case (.version?, _):
            let text = ProgramVersion.text(
                program: program, choices: try choices(environment), details: versionDetails())
            try StandardStream.output.write(text + "\n")
        case (nil, let prompt?):
            let generation = TextGeneration(
                arguments: arguments, choices: try choices(environment), program: program)
            try generation.run(prompt)
        default: try StandardStream.output.write(GenerateHelp.text(command: command))
        }
    }

    private static func choices(_ environment: (String) -> String?) throws(RuntimeFailure) -> RuntimeChoices {
        do {
            return try RuntimeChoices(
                instructionSet: environment(RuntimeChoices.instructionSetVariable),
                activationBits: environment(RuntimeChoices.activationBitsVariable))
        } catch {
            throw RuntimeFailure(path: "", error: error)
        }
    }
}

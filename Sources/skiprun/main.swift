// skiprun: a small program that only runs models.
import Glibc
import SkipDiagnostics
import SkipFiles
import SkipRuntime

/// The value of an environment variable.
func environment(_ name: String) -> String? {
    // SAFETY: nothing in this program changes the environment, and the value is copied at once.
    unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// Prints the error and ends the process.
func end(after error: any Diagnosable) -> Never {
    StandardStream.error.note(error.diagnostic.text(program: "skiprun"))
    exit(error.diagnostic.status.rawValue)
}

MappingFaultReport.install(program: "skiprun")
do {
    try StandardStream.occupyClosed()
    let arguments = try Arguments(ProgramArguments.words)
    guard !arguments.printsHelp, let prompt = arguments.prompt else {
        try StandardStream.output.write(Arguments.help)
        exit(ExitStatus.success.rawValue)
    }
    let choices: RuntimeChoices
    do {
        choices = try RuntimeChoices(
            instructionSet: environment(RuntimeChoices.instructionSetVariable),
            activationBits: environment(RuntimeChoices.activationBitsVariable))
    } catch {
        throw RuntimeFailure(path: arguments.file, error: error)
    }
    try Generation(arguments: arguments, prompt: prompt, choices: choices).run()
} catch let error as any Diagnosable {
    end(after: error)
} catch {
    end(after: UsageError("\(error)"))
}

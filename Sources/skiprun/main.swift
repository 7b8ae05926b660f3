// skiprun: a small program that only runs models.
import Glibc
import SkipDiagnostics
import SkipFiles
import SkipGenerate

/// The value of an environment variable.
func environment(_ name: String) -> String? {
    // SAFETY: nothing in this program changes the environment, and the value is copied at once.
    unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// Prints the error and ends the process.
func end(after error: any Diagnosable) -> Never {
    let features = TerminalFeatures(isTerminal: StandardStream.error.isTerminal, environment: environment)
    StandardStream.error.note(error.diagnostic.text(program: "skiprun", on: features))
    exit(error.diagnostic.status.rawValue)
}

MappingFaultReport.install(program: "skiprun")
do {
    try StandardStream.occupyClosed()
    try GenerateProgram.run(
        ProgramArguments.words, program: "skiprun", command: "skiprun", environment: environment)
} catch let error as any Diagnosable {
    end(after: error)
} catch {
    end(after: UsageError("\(error)"))
}

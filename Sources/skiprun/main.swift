// skiprun: the runtime of skipc alone, as a small program.
import Glibc
import Runtime

func end(_ code: ExitCode) -> Never { exit(code.rawValue) }

let arguments: Arguments
do {
    arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
} catch {
    StandardStream.error.print("skiprun: error: \(printable(error.message))\n\n" + Arguments.help)
    end(.usage)
}
guard !arguments.printsHelp, let prompt = arguments.prompt else {
    StandardStream.output.print(Arguments.help)
    end(.success)
}
do {
    try Generation(arguments: arguments, prompt: prompt).run()
} catch let error as RuntimeError {
    let diagnosis = Diagnosis(error)
    StandardStream.error.print(diagnosis.text(file: arguments.file))
    end(diagnosis.code)
} catch let error as OutputError {
    StandardStream.error.print("skiprun: error: output: \(systemMessage(error.code))\n")
    end(.inputOutput)
}

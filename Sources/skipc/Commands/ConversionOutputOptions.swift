import ArgumentParser

/// What `convert` writes.
struct ConversionOutputOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The .skipgpt file to write.", valueName: "file"), completion: .file())
    var output: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @Flag(help: "Stop before weights are read, and print what would be written.")
    var dryRun = false

    @Option(help: ArgumentHelp("Print an intermediate representation and stop.", valueName: "form"))
    var dump: DumpKind?

    func validate() throws {
        if output == nil, !dryRun, dump == nil { throw ValidationError("Give the file to write: -o FILE.skipgpt") }
    }
}

enum DumpKind: String, ExpressibleByArgument, CaseIterable {
    case graph
}

import ArgumentParser
import SkipConvert
import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipPackage
import SkipReport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show what a path holds: a model, a package, tensors, the directory of a model or of an adapter.",
        usage: "skipc inspect <path> [<options>]",
        discussion: HelpText.discussion(
            "Reads only headers and tables. `validate` checks the rest. Says of any other file what it is.",
            examples: [
                "skipc inspect model.skipgpt",
                "skipc inspect --map model.skipgpt",
                "skipc inspect smollm2 --json",
                "skipc inspect model.skipz --blocks --json",
            ])
    )

    @Argument(
        help: ArgumentHelp("The file or directory to inspect.", valueName: "path"), completion: .file())
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List every tensor.")
    var tensors = false

    @Flag(help: "Draw the layout of a .skipgpt file.")
    var map = false

    @Flag(help: "List the blocks of a .skipz package, with their byte ranges.")
    var blocks = false

    func run() throws {
        let recognized = try InputRecognition.recognize(file)
        if map, recognized != .compiledModel { throw UsageError("--map draws .skipgpt files only") }
        if blocks, recognized != .package { throw UsageError("--blocks lists the blocks of .skipz packages only") }
        switch recognized {
        case .compiledModel: try inspectCompiledModel()
        case .package:
            let package = try Package(opening: PartNames.siblings(of: file), requiresBase: false)
            let report = PackageReport(package, listsTensors: tensors, listsBlocks: blocks)
            try CommandOutput.write(report, report.text, asJSON: json)
        case .tensorFile(let kind): try inspectTensorFile(kind)
        case .adapterDirectory:
            let report = AdapterReport(try AdapterSummary(reading: file))
            try CommandOutput.write(report, report.text(listsTensors: tensors), asJSON: json)
        case .modelDirectory:
            let report = try ModelDirectoryReport(reading: file, listsTensors: tensors)
            try CommandOutput.write(report, report.text, asJSON: json)
        case .tokenizer, .configuration:
            let report = CompanionFileReport(recognized, path: file)
            try CommandOutput.write(report, report.text, asJSON: json)
        }
    }

    private func inspectCompiledModel() throws {
        let opened = try SkipFile.open(file)
        if map { return try StandardStream.output.write(LayoutMap.text(of: opened)) }
        let report = SkipFileReport(opened, path: file, listsTensors: tensors)
        try CommandOutput.write(report, report.text, asJSON: json)
    }

    private func inspectTensorFile(_ kind: CheckpointFileKind) throws {
        let input = try InputFile(opening: file)
        let report =
            switch kind {
            case .safetensors: TensorFileReport(try SafetensorsHeader.read(input), path: file)
            case .torch: TensorFileReport(try TorchFile(reading: input, stateDictionary: .onlyOrNone), path: file)
            }
        if json { return try CommandOutput.write(report, "", asJSON: true) }
        // A file that contains only LoRA tensors is an adapter. Its errors are reported when it is merged.
        let adapter = (try? AdapterSummary(reading: file)).flatMap { $0.replacements.isEmpty ? $0 : nil }
        let summary = adapter.map { "\n" + AdapterReport($0).text(listsTensors: false) } ?? ""
        try StandardStream.output.write(report.text + summary)
    }
}

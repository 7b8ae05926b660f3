import ArgumentParser
import SkipConvert
import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipReport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Show what a file contains: a .skipgpt file, a safetensors file, a torch file or an adapter's directory.",
        discussion: "Reads only headers and tables. `validate` checks the rest."
    )

    @Argument(help: "The file to inspect.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List every tensor.")
    var tensors = false

    @Flag(help: "Draw the layout of a .skipgpt file.")
    var map = false

    func run() throws {
        if try AdapterSummary.isAdapterDirectory(file) {
            if map { throw UsageError("--map draws .skipgpt files only") }
            let report = AdapterReport(try AdapterSummary(reading: file))
            return try CommandOutput.write(report, report.text(listsTensors: tensors), asJSON: json)
        }
        // The file's name decides what it is, never its bytes.
        if let kind = CheckpointFileKind(fileName: file) {
            if map { throw UsageError("--map draws .skipgpt files only") }
            let input = try InputFile(opening: file)
            let report =
                switch kind {
                case .safetensors: TensorFileReport(try SafetensorsHeader.read(input), path: file)
                case .torch: TensorFileReport(try TorchFile(reading: input), path: file)
                }
            if json { return try CommandOutput.write(report, "", asJSON: true) }
            // A file that contains only LoRA tensors is an adapter. Its errors are reported when it is merged.
            let adapter = (try? AdapterSummary(reading: file)).flatMap { $0.replacements.isEmpty ? $0 : nil }
            let summary = adapter.map { "\n" + AdapterReport($0).text(listsTensors: false) } ?? ""
            return try StandardStream.output.write(report.text + summary)
        }
        let opened = try SkipFile.open(file)
        if map { return try StandardStream.output.write(LayoutMap.text(of: opened)) }
        let report = SkipFileReport(opened, path: file, listsTensors: tensors)
        try CommandOutput.write(report, report.text, asJSON: json)
    }
}

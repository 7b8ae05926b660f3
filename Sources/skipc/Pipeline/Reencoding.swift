import Convert
import Format
import Model
import Quantize

/// From a `.skipgpt` file to another one of the same model with other element types.
///
/// What the file records of its origin stays, so that quantizing a float file gives the bytes that quantizing its
/// checkpoint gives. As in a conversion, everything before `write` reads headers only.
struct Reencoding {
    let source: SkipFile
    let graph: ModelGraph
    let layout: FileLayout
    private let file: InputFile

    /// `types` gives each tensor its type; `typeEntries` are recorded of it, beside what the source says of its origin.
    init(
        _ path: String, types: (ModelGraph) throws -> OutputTypes, typeEntries: (ModelGraph) -> [ProvenanceEntry]
    ) throws {
        source = try SkipFileFailure.open(path)
        file = try InputFile(opening: path)
        var graph = ModelGraph(
            configuration: source.configuration,
            sources: [SourceRecord(name: file.name, byteCount: file.byteCount)],
            tensors: source.tensors.map { GraphTensor(id: $0.id, plan: $0.plan(sourceIndex: 0)) })
        try graph.verify(.imported)
        OutputTypePass(try types(graph)).run(on: &graph)
        try graph.verify(.lowered)
        graph.provenance =
            [ProvenanceEntry("tool.name", "skipc"), ProvenanceEntry("tool.version", ToolVersion.text)]
            + typeEntries(graph)
        let keys = Set(graph.provenance.map(\.key))
        graph.provenance += source.provenance.filter { !keys.contains($0.key) && !OutputTypeOptions.records($0.key) }
        self.graph = graph
        layout = try FileLayout(
            graph: graph, tokenizerTable: unsafe source.tokenizerTable.map { unsafe Array($0) },
            alignmentLog2: source.header.alignmentLog2)
    }

    /// Checks the source wholly, then streams its weights into the file; nothing is left behind if it fails.
    func write(to path: String, options: WriteOptions, label: String) throws -> WrittenFile {
        Interruption.startNoting()
        // Damage would get a sound file's hashes.
        if let error = source.verify(sha256: SHA256Hasher(), threadCount: options.threads.count).first {
            throw SkipFileFailure(path: file.path, error: error)
        }
        var output = WeightOutput(graph: graph, files: [file], layout: layout)
        output.threadCount = options.threads.count
        output.overwrite = options.force
        return try output.write(
            to: path,
            progress: ProgressReporter(label, total: layout.weightByteCount, style: options.progress))
    }
}

import SkipConvert
import SkipFiles
import SkipFormat
import SkipModel
import SkipQuantize

/// Converts a Hugging Face directory to a `.skipgpt` file.
///
/// Creating a conversion reads only headers, and finds every mistake that headers show:
///
///     let frontEnd = FrontEnd(
///         modelDirectory: "model", routerPath: "routers.safetensors", adapters: [AdapterInput(path: "adapter")])
///     let conversion = try Conversion(frontEnd, types: OutputTypeSelection(.int8))
///     let file = try conversion.write(to: "model.skipgpt", options: WorkOptions(threadCount: 2))
///     print(file.rootHash)
public struct Conversion: Sendable {
    public let inputs: FrontEnd.Result
    /// Nil if there is no `tokenizer.json`, or if no tokenizer was requested.
    public let tokenizerTable: [UInt8]?
    public let tokenizerFinding: TokenizerFinding?
    public let graph: ModelGraph
    public let layout: FileLayout
    private let inputFiles: ProtectedFiles

    /// Reads the inputs and computes the position of every byte of the output.
    ///
    /// The file records what the directory says about the model (`ModelMetadata`) and `metadata`, whose keys are
    /// different. With `hashesSources` the file records the SHA-256 of every input file, which are read whole with
    /// `options`.
    public init(
        _ frontEnd: FrontEnd, types: OutputTypeSelection = OutputTypeSelection(),
        tokenizer: TokenizerChoice = .modelDirectory, metadata: [MetadataEntry] = [], hashesSources: Bool = false,
        options: WorkOptions = WorkOptions()
    ) throws(CompilationError) {
        inputs = try CompilationInputs.read(frontEnd)
        inputFiles = CompilationInputs.protectedFiles(frontEnd, inputs)
        var graph = inputs.graph
        OutputTypePass(try types.types(for: graph)).run(on: &graph)
        do { try graph.verify(.lowered) } catch { throw .graph(error) }
        let modelMetadata = try CompilationError.input { () throws(InputError) in
            try ModelMetadata(directory: frontEnd.modelDirectory)
        }
        let provenance = Provenance(
            inputs: inputs, typeEntries: types.provenance(for: graph),
            sourceHashes: hashesSources ? try CompilationInputs.hashes(of: inputs.files, options) : nil,
            metadata: modelMetadata.entries(with: metadata))
        graph.provenance = try CompilationError.input { () throws(InputError) in try provenance.entries() }
        self.graph = graph
        let source = TokenizerSource(
            tokenizer, modelDirectory: frontEnd.modelDirectory, vocabularySize: graph.configuration.vocabularySize)
        let compiled: TokenizerSource.Result
        do { compiled = try source.read() } catch { throw .tokenizer(error) }
        tokenizerTable = compiled.table
        tokenizerFinding = compiled.finding
        do { layout = try FileLayout(graph: graph, tokenizerTable: tokenizerTable) } catch { throw .layout(error) }
    }

    /// Streams the weights into the file at `path`. The file gets its name when it is complete and has been read back.
    ///
    /// With `measuresDeltas`, what merging does to each tensor is measured on the way. `temporaryDirectory` is for
    /// compressed records that are too large for memory.
    @discardableResult
    public func write(
        to path: String, overwrite: Bool = false, measuresDeltas: Bool = false,
        temporaryDirectory: String = TemporaryFile.standardDirectory, options: WorkOptions = WorkOptions()
    ) throws(CompilationError) -> WrittenFile {
        try CompilationInputs.check(inputs.recordChecksums, options)
        try CompilationInputs.requireMemory(for: graph.tensors.map(\.plan), threadCount: options.threadCount)
        let sources = PlanSources(
            files: inputs.files, temporaryDirectory: temporaryDirectory, isCancelled: options.isCancelled)
        return try WrittenFile(
            writing: graph, layout, from: sources,
            to: OutputTarget(path: path, overwrite: overwrite, inputs: inputFiles), measuresDeltas: measuresDeltas,
            options: options)
    }
}

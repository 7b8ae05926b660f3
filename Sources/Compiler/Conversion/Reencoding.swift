import SkipFiles
import SkipFormat
import SkipModel
import SkipQuantize

/// Rewrites a `.skipgpt` file with other element types: quantizes a float file, or dequantizes an int8 file.
///
/// The provenance of the file is kept, so that quantizing a float file writes the same bytes as converting its
/// checkpoint to int8. Creating a re-encoding reads only headers and tables:
///
///     let quantization = try Reencoding(quantizing: "model.skipgpt", types: OutputTypeSelection(.int8))
///     try quantization.write(to: "model-int8.skipgpt")
public struct Reencoding: Sendable {
    public let source: SkipFile
    public let graph: ModelGraph
    public let layout: FileLayout
    private let file: InputFile

    /// Plans a file whose float tensors are converted to the selected types.
    ///
    /// - Throws: `alreadyQuantized` if the source contains int8 tensors, because rounding twice would increase the
    ///   error.
    public init(
        quantizing path: String, types: OutputTypeSelection = OutputTypeSelection(.int8)
    ) throws(CompilationError) {
        let (file, source) = try Self.open(path)
        if let tensor = source.tensors.first(where: { $0.elementType == .int8 }) {
            throw .alreadyQuantized(path: path, tensor: tensor.id)
        }
        try self.init(
            source, file, types: { (graph) throws(CompilationError) in try types.types(for: graph) },
            typeEntries: types.provenance(for:))
    }

    /// Plans a file whose int8 tensors are converted to floats: value times scale.
    ///
    /// - Throws: `notQuantized` if the source contains no int8 tensors.
    public init(dequantizing path: String, to outputType: OutputType) throws(CompilationError) {
        let (file, source) = try Self.open(path)
        let storages = Set(source.tensors.map(\.storage).filter { $0.elementType == .int8 }.map(\.description)).sorted()
        if storages.isEmpty { throw .notQuantized(path: path) }
        let entries = [
            ProvenanceEntry(OutputTypeSelection.outputTypeKey, outputType.rawValue),
            ProvenanceEntry("option.dequantized", storages.joined(separator: ", ")),
        ]
        try self.init(
            source, file, types: { (_) throws(CompilationError) in OutputTypes(outputType) },
            typeEntries: { _ in entries })
    }

    /// Opens the file once: the bytes that are checked are those that are read.
    private static func open(_ path: String) throws(CompilationError) -> (InputFile, SkipFile) {
        let file = try CompilationError.input { () throws(InputError) in try InputFile(opening: path) }
        do { return (file, try SkipFile.open(file)) } catch { throw .skipFile(error) }
    }

    /// `typeEntries` are recorded in addition to the provenance of the source.
    private init(
        _ source: SkipFile, _ file: InputFile, types: (ModelGraph) throws(CompilationError) -> OutputTypes,
        typeEntries: (ModelGraph) -> [ProvenanceEntry]
    ) throws(CompilationError) {
        self.source = source
        self.file = file
        var graph = ModelGraph(
            configuration: source.configuration,
            sources: [SourceRecord(name: file.name, byteCount: file.byteCount)],
            tensors: source.tensors.map { GraphTensor(id: $0.id, plan: $0.plan(sourceIndex: 0)) })
        do {
            try graph.verify(.imported)
            OutputTypePass(try types(graph)).run(on: &graph)
            try graph.verify(.lowered)
        } catch let error as GraphFlaw {
            throw .graph(error)
        } catch let error as CompilationError {
            throw error
        } catch {
            preconditionFailure("no other error is thrown")
        }
        graph.provenance = Provenance.tool + typeEntries(graph)
        let keys = Set(graph.provenance.map(\.key))
        graph.provenance += source.provenance.filter { !keys.contains($0.key) && !OutputTypeSelection.records($0.key) }
        self.graph = graph
        do {
            layout = try FileLayout(
                graph: graph, tokenizerTable: unsafe source.tokenizerTable.map { unsafe Array($0) },
                alignmentLog2: source.header.alignmentLog2)
        } catch {
            throw .layout(error)
        }
    }

    /// Verifies the whole source, then streams its weights into the file at `path`. On failure no file is left behind.
    @discardableResult
    public func write(
        to path: String, overwrite: Bool = false, options: WorkOptions = WorkOptions()
    ) throws(CompilationError) -> WrittenFile {
        // Otherwise damaged weights would get valid hashes.
        if let error = source.verify(threadCount: options.threadCount).first {
            throw .skipFile(SkipFileFailure(path: file.path, error: error))
        }
        return try WrittenFile(
            writing: graph, layout, from: PlanSources(files: [file]),
            to: OutputTarget(path: path, overwrite: overwrite, inputs: ProtectedFiles([file])), measuresDeltas: false,
            options: options)
    }
}

extension TensorRecord {
    /// Returns a plan of the tensor's values in its file, as they are stored, or in float32 for int8.
    package func plan(sourceIndex: Int) -> TensorPlan {
        let source = SourceTensor(
            sourceIndex: sourceIndex, name: ByteString("\(id)"), elementType: elementType, shape: shape,
            byteOffset: byteOffset)
        return elementType == .int8 ? .unpacked(source, groupSize: storage.groupSize) : .stored(source)
    }
}

import Convert
import Format
import Model
import Quantize

/// From a Hugging Face directory to a `.skipgpt` file: the passes in order.
///
/// Everything up to and including `layout` reads headers only, whatever the model's size.
struct Conversion {
    let inputs: FrontEnd.Result
    let graph: ModelGraph
    let tokenizerTable: [UInt8]?
    let layout: FileLayout

    /// Reads the inputs and decides the place of every byte. `hashSources` gives the hashes of whole files, if the output
    /// is to record them; that alone reads more than headers.
    init(
        _ frontEnd: FrontEnd, outputType: OutputType, types: OutputTypeOptions,
        hashSources: (([InputFile]) throws -> [String])? = nil
    ) throws {
        inputs = try frontEnd.readUsingEveryOption()
        var graph = inputs.graph
        try graph.verify(.imported)
        OutputTypePass(try types.types(outputType, for: graph)).run(on: &graph)
        try graph.verify(.lowered)
        graph.provenance = try Provenance(
            inputs: inputs, typeEntries: types.provenance(outputType, for: graph),
            sourceHashes: try hashSources?(inputs.files)
        ).entries()
        self.graph = graph
        tokenizerTable = try TokenizerSource(
            modelDirectory: frontEnd.modelDirectory, vocabularySize: graph.configuration.vocabularySize
        ).table()
        layout = try FileLayout(graph: graph, tokenizerTable: tokenizerTable)
    }

    /// Streams the weights into the file; nothing is left behind if it fails.
    /// With `deltas`, what merging does is measured on the way.
    func write(
        to path: String, overwrite: Bool, threadCount: Int, progress style: ProgressStyle, deltas: DeltaCollector? = nil
    ) throws -> WrittenFile {
        Interruption.startNoting()
        try ChecksumPass.run(inputs.recordChecksums, threadCount: threadCount, progress: style)
        var output = WeightOutput(graph: graph, files: inputs.files, layout: layout)
        output.threadCount = threadCount
        output.overwrite = overwrite
        output.deltas = deltas
        return try output.write(
            to: path, progress: ProgressReporter("convert", total: layout.weightByteCount, style: style))
    }
}

extension WriteError {
    /// What the user should hear of: the input's own error, or the signal that ended the work.
    var cause: any Error {
        switch self {
        case .rows(let cause): cause
        case .cancelled: Interruption.pending ?? self
        default: self
        }
    }
}

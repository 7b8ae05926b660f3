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

    /// Reads the inputs and decides the place of every byte.
    init(_ frontEnd: FrontEnd, outputType: OutputType) throws {
        inputs = try frontEnd.readUsingEveryOption()
        var graph = inputs.graph
        try graph.verify(.imported)
        OutputTypePass(outputType).run(on: &graph)
        try graph.verify(.lowered)
        graph.provenance = try Provenance(inputs: inputs, outputType: outputType).entries()
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
    ) throws -> SHA256Digest {
        Interruption.startNoting()
        try ChecksumPass.run(inputs.recordChecksums, threadCount: threadCount, progress: style)
        let progress = ProgressReporter("convert", total: layout.weightByteCount, style: style)
        defer { progress.finish() }
        var writer = FileWriter(layout: layout, sha256: SHA256Hasher.function)
        writer.threadCount = threadCount
        writer.overwrite = overwrite
        writer.progress = { progress.update($0) }
        writer.isCancelled = { Interruption.pending != nil }
        do throws(WriteError) {
            return try writer.write(
                rows: PlanRowSource(plans: graph.tensors.map(\.plan), files: inputs.files, deltas: deltas), to: path)
        } catch {
            throw error.cause
        }
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

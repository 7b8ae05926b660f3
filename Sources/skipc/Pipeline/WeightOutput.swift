import Convert
import Format
import Model

/// Planned weights on their way into a `.skipgpt` file.
struct WeightOutput {
    let graph: ModelGraph
    let files: [InputFile]
    let layout: FileLayout
    var threadCount = 1
    var overwrite = false
    /// Measures what merging does, if given.
    var deltas: DeltaCollector?

    /// Streams the weights into the file; nothing is left behind if it fails.
    func write(to path: String, progress: ProgressReporter) throws -> WrittenFile {
        Interruption.startNoting()
        defer { progress.finish() }
        let rows = PlanRowSource(plans: graph.tensors.map(\.plan), files: files, deltas: deltas)
        var writer = FileWriter(layout: layout, sha256: SHA256Hasher())
        writer.threadCount = threadCount
        writer.overwrite = overwrite
        writer.progress = { progress.update($0) }
        writer.isCancelled = { Interruption.pending != nil }
        do throws(WriteError) {
            let rootHash = try writer.write(rows: rows, to: path)
            return WrittenFile(
                rootHash: rootHash, figures: rows.figures,
                quantization: QuantizationSummary(layout.tensors, rows.figures))
        } catch {
            throw error.cause
        }
    }
}

/// What is known of a file that was just written.
struct WrittenFile {
    let rootHash: SHA256Digest
    /// Of the int8 tensors.
    let figures: [QuantizationFigures]
    /// Nil if nothing is int8.
    let quantization: QuantizationSummary?
}

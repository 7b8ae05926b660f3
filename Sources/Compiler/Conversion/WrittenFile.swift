import SkipFiles
import SkipFormat
import SkipModel

/// A `.skipgpt` file that was just written.
public struct WrittenFile: Sendable {
    /// The hash that identifies the whole file.
    public let rootHash: SHA256Digest
    public let layout: FileLayout
    /// The error figures of the int8 tensors, in the order of the layout.
    public let quantizationFigures: [QuantizationFigures]
    /// How merging changed each adapted tensor; nil if it was not measured.
    public let deltas: [TensorDelta]?

    /// Streams planned weights into a file. On failure no file is left behind.
    init(
        writing graph: ModelGraph, _ layout: FileLayout, from sources: PlanSources, to target: OutputTarget,
        measuresDeltas: Bool, options: WorkOptions
    ) throws(CompilationError) {
        let collector = measuresDeltas ? DeltaCollector() : nil
        let rows = PlanRowSource(plans: graph.tensors.map(\.plan), sources: sources, deltas: collector)
        var writer = FileWriter(layout: layout)
        writer.overwrite = target.overwrite
        writer.inputs = target.inputs
        writer.options = options
        rootHash = try CompilationError.write { () throws(WriteError) in try writer.write(rows: rows, to: target.path) }
        self.layout = layout
        quantizationFigures = rows.figures
        deltas = collector?.deltas(graph.tensors.map { "\($0.id)" })
    }
}

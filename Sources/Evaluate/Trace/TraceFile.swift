import SkipConvert
import SkipFiles
import SkipModel

/// Writes a trace: logits row by row while the model runs, the rest at the end.
package final class TraceFile {
    private let output: OutputFile
    private let layout: SafetensorsLayout
    private let vocabularySize: Int

    private enum Part: Int {
        case ids, logits, routerLogits, executed
    }

    package init(
        _ target: OutputTarget, tokenCount: Int, vocabularySize: Int, layerCount: Int
    ) throws(EvaluationError) {
        func entry(
            _ name: ByteString, _ storedType: StoredType, _ dimensions: [Int]
        ) throws(EvaluationError) -> SafetensorsLayout.Entry {
            guard let shape = TensorShape(dimensions) else { throw .traceTooLarge(tokenCount: tokenCount) }
            return SafetensorsLayout.Entry(name, storedType, shape)
        }
        layout = SafetensorsLayout([
            try entry("ids", .int64, [tokenCount]),
            try entry("logits", .float32, [tokenCount, vocabularySize]),
            try entry("router_logits", .float32, [layerCount, 2, tokenCount, 2]),
            try entry("executed", .uint8, [layerCount, 2, tokenCount]),
        ])
        self.vocabularySize = vocabularySize
        let layout = layout
        output = try EvaluationError.output { () throws(OutputError) in
            let output = try OutputFile(path: target.path, overwrite: target.overwrite, inputs: target.inputs)
            try output.resize(to: layout.fileByteCount)
            try output.write(layout.header, at: 0)
            return output
        }
    }

    /// Whether an end of the process without `discard` leaves a file behind.
    package var hasTemporaryName: Bool { output.hasTemporaryName }

    /// Removes what was written.
    package func discard() { output.discard() }

    /// Writes a token's logits, [vocabularySize].
    package func writeLogits(_ logits: Span<Float>, token: Int) throws(EvaluationError) {
        let offset = layout.byteOffsets[Part.logits.rawValue] + token * vocabularySize * MemoryLayout<Float>.stride
        try EvaluationError.output { () throws(OutputError) in
            // SAFETY: the bytes are written within the call. The machine is little-endian, as the file is.
            try unsafe logits.withUnsafeBytes { bytes throws(OutputError) in try unsafe output.write(bytes, at: offset)
            }
        }
    }

    /// Writes everything except the logits, and gives the file its name.
    package func finish(ids: [UInt32], routerLogits: [Float], executed: [UInt8]) throws(EvaluationError) {
        try EvaluationError.output { () throws(OutputError) in
            try write(ids.map(Int64.init), at: layout.byteOffsets[Part.ids.rawValue])
            try write(routerLogits, at: layout.byteOffsets[Part.routerLogits.rawValue])
            try output.write(executed, at: layout.byteOffsets[Part.executed.rawValue])
            try output.synchronize()
            try output.publish()
        }
    }

    private func write<Element: BitwiseCopyable>(_ values: [Element], at offset: Int) throws(OutputError) {
        // SAFETY: as in `writeLogits`.
        try unsafe values.span.withUnsafeBytes { bytes throws(OutputError) in
            try unsafe output.write(bytes, at: offset)
        }
    }
}

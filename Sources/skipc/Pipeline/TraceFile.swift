import Convert
import Format
import Model

/// A trace as it is written: logits row by row while the model runs, the rest at the end.
final class TraceFile {
    private let output: OutputFile
    private let layout: SafetensorsLayout
    private let vocabularySize: Int

    private enum Part: Int {
        case ids, logits, routerLogits, executed
    }

    init(path: String, overwrite: Bool, tokenCount: Int, vocabularySize: Int, layerCount: Int) throws {
        func entry(_ name: ByteString, _ storedType: StoredType, _ dimensions: [Int]) throws -> SafetensorsLayout.Entry
        {
            guard let shape = TensorShape(dimensions) else {
                throw UsageError(message: "a trace of \(tokenCount) tokens is too large")
            }
            return SafetensorsLayout.Entry(name, storedType, shape)
        }
        layout = SafetensorsLayout([
            try entry("ids", .int64, [tokenCount]),
            try entry("logits", .float32, [tokenCount, vocabularySize]),
            try entry("router_logits", .float32, [layerCount, 2, tokenCount, 2]),
            try entry("executed", .uint8, [layerCount, 2, tokenCount]),
        ])
        self.vocabularySize = vocabularySize
        output = try OutputFile(path: path, overwrite: overwrite)
        try output.resize(to: layout.fileByteCount)
        try write(layout.header, at: 0)
    }

    func writeLogits(_ logits: Span<Float>, token: Int) throws {
        let offset = layout.byteOffsets[Part.logits.rawValue] + token * vocabularySize * MemoryLayout<Float>.stride
        // SAFETY: the bytes are written within the call. Floats are stored as this machine, little-endian, holds them.
        try unsafe logits.withUnsafeBytes { bytes in try unsafe output.write(bytes, at: offset) }
    }

    /// Writes what is left and gives the file its name.
    func finish(ids: [UInt32], routerLogits: [Float], executed: [UInt8]) throws {
        try write(ids.map(Int64.init), at: layout.byteOffsets[Part.ids.rawValue])
        try write(routerLogits, at: layout.byteOffsets[Part.routerLogits.rawValue])
        try write(executed, at: layout.byteOffsets[Part.executed.rawValue])
        try output.synchronize()
        try output.publish()
    }

    private func write<Element: BitwiseCopyable>(_ values: [Element], at offset: Int) throws {
        // SAFETY: as in `writeLogits`.
        try unsafe values.withUnsafeBytes { bytes in try unsafe output.write(bytes, at: offset) }
    }
}

import SkipCompiler
import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipModel

/// What a conversion will write or has written, as text.
package struct ConversionSummary {
    private let layout: FileLayout
    private let model: ModelSummary
    private let tensorCount: Int
    private let hasTokenizer: Bool
    private let adapters: [(key: String, value: String)]

    package init(_ conversion: Conversion) {
        layout = conversion.layout
        model = ModelSummary(layout.configuration, tensors: conversion.graph.tensors.map(\.id))
        tensorCount = conversion.graph.tensors.count
        hasTokenizer = conversion.tokenizerTable != nil
        adapters = conversion.inputs.adapters.map { ("adapter", $0.summary) }
    }

    /// The text of `--dry-run`.
    package var plan: String {
        var lines = model.lines
        lines.append(("tensors", "\(tensorCount)"))
        lines.append(("tokenizer", hasTokenizer ? "yes" : "none"))
        lines += adapters
        lines += extents.map { ($0.name, "\(ByteCount.text($0.byteCount)), \($0.types)") }
        lines.append(("file size", "\(ByteCount.text(layout.fileByteCount)) (\(layout.fileByteCount) bytes)"))
        return KeyValueLines.text(lines)
    }

    /// The text after writing.
    package func result(output: String, written: WrittenFile, duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        var lines = [
            ("wrote", "\(ByteString(output))"),
            ("size", "\(ByteCount.text(layout.fileByteCount)) in \(TimeText.text(seconds: seconds))"),
        ]
        if let quantization = QuantizationSummary(written) { lines.append(("int8", quantization.text)) }
        lines.append(("routers", model.routerKinds ?? "none: every module runs"))
        lines.append(("root hash", "\(written.rootHash)"))
        return KeyValueLines.text(lines + adapters)
    }

    private struct Extent {
        let name: String
        let byteCount: Int
        let types: String
    }

    /// The kinds of extents with their sizes, each summed over all layers.
    private var extents: [Extent] {
        ExtentKind.allCases.compactMap { kind in
            let tensors = layout.tensors.filter { $0.id.role.extentKind == kind }
            guard !tensors.isEmpty else { return nil }
            let types = Set(tensors.map(\.storage.description)).sorted().joined(separator: ", ")
            return Extent(name: "\(kind)", byteCount: tensors.map(\.byteCount).reduce(0, +), types: types)
        }
    }
}

import SkipCompiler
import SkipFiles

/// The results of a conversion or a merge.
package struct CompilationReport: JSONConvertible {
    /// Nil for a dry run.
    let output: String?
    let byteCount: Int
    /// Nil for a merge and a dry run.
    let rootHash: String?
    let seconds: Double
    let model: ModelSummary
    /// The OpenBLAS kernel that multiplied the factors of adapters; nil if nothing was merged.
    let blasKernel: String?
    /// Defaults of the configuration, and its fields that have no effect.
    let notes: [ConfigurationNoteReport]
    let ledger: LedgerReport
    /// Nil if no tensor is int8.
    let quantization: QuantizationSummary?

    /// `written` is nil for a dry run.
    package init(
        _ conversion: Conversion, written: WrittenFile?, output: String?, duration: Duration, ledger: LedgerReport
    ) {
        self.output = written == nil ? nil : output.map { ByteString($0).description }
        byteCount = conversion.layout.fileByteCount
        rootHash = written.map { "\($0.rootHash)" }
        seconds = duration / .seconds(1)
        model = ModelSummary(conversion.layout.configuration, tensors: conversion.graph.tensors.map(\.id))
        blasKernel = conversion.inputs.productKernelName
        notes = conversion.inputs.configurationNotes.map(ConfigurationNoteReport.init)
        self.ledger = ledger
        quantization = written.flatMap(QuantizationSummary.init)
    }

    package init(_ merge: CheckpointMerge, output: String, duration: Duration, ledger: LedgerReport) {
        self.output = ByteString(output).description
        byteCount = merge.fileByteCount
        rootHash = nil
        seconds = duration / .seconds(1)
        model = ModelSummary(merge.inputs.graph.configuration, tensors: merge.inputs.graph.tensors.map(\.id))
        blasKernel = merge.inputs.productKernelName
        notes = merge.inputs.configurationNotes.map(ConfigurationNoteReport.init)
        self.ledger = ledger
        quantization = nil
    }

    package var json: JSONDocument {
        [
            "output": .optional(output),
            "byteCount": .integer(byteCount),
            "rootHash": .optional(rootHash),
            "seconds": .number(seconds),
            "model": model.json,
            "blasKernel": .optional(blasKernel),
            "notes": .array(notes),
            "ledger": ledger.json,
            "quantization": .optional(quantization),
        ]
    }
}

import SkipCompiler
import SkipDiagnostics
import SkipFiles

/// The results of quantizing or dequantizing a `.skipgpt` file.
package struct ReencodingReport: JSONConvertible {
    let output: String
    let byteCount: Int
    let sourceByteCount: Int
    let rootHash: String
    let seconds: Double
    /// Nil if no tensor is int8.
    let quantization: QuantizationSummary?
    /// An element for each int8 tensor.
    let tensors: [QuantizedTensorReport]

    package init(_ reencoding: Reencoding, output: String, written: WrittenFile, since start: ContinuousClock.Instant) {
        self.output = ByteString(output).description
        byteCount = reencoding.layout.fileByteCount
        sourceByteCount = reencoding.source.header.fileByteCount
        rootHash = "\(written.rootHash)"
        seconds = (ContinuousClock.now - start) / .seconds(1)
        quantization = QuantizationSummary(written)
        tensors = QuantizedTensorReport.reports(of: reencoding.layout.tensors, written.quantizationFigures)
    }

    package var text: String {
        var lines = [
            ("wrote", output),
            (
                "size",
                "\(ByteCount.text(byteCount)) of \(ByteCount.text(sourceByteCount)) in \(TimeText.text(seconds: seconds))"
            ),
        ]
        if let quantization { lines.append(("int8", quantization.text)) }
        lines.append(("root hash", rootHash))
        return KeyValueLines.text(lines)
    }

    package var json: JSONDocument {
        [
            "output": .string(output),
            "byteCount": .integer(byteCount),
            "sourceByteCount": .integer(sourceByteCount),
            "rootHash": .string(rootHash),
            "seconds": .number(seconds),
            "quantization": .optional(quantization),
            "tensors": .array(tensors),
        ]
    }
}

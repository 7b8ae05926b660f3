import Model

/// What a command made of a `.skipgpt` file.
struct ReencodingReport: Encodable {
    let output: String
    let byteCount: Int
    let sourceByteCount: Int
    let rootHash: String
    let seconds: Double
    /// Nil if nothing is int8.
    let quantization: QuantizationSummary?
    /// Of each int8 tensor.
    let tensors: [QuantizedTensorReport]

    init(_ reencoding: Reencoding, output: String, written: WrittenFile, since start: ContinuousClock.Instant) {
        self.output = ByteString(output).description
        byteCount = reencoding.layout.fileByteCount
        sourceByteCount = reencoding.source.header.fileByteCount
        rootHash = "\(written.rootHash)"
        seconds = (ContinuousClock.now - start) / .seconds(1)
        quantization = written.quantization
        tensors = QuantizedTensorReport.reports(of: reencoding.layout.tensors, written.figures)
    }

    var text: String {
        var lines = [
            ("wrote", output),
            (
                "size",
                "\(ByteCount.text(byteCount)) of \(ByteCount.text(sourceByteCount)) in \(Decimal.text(seconds, places: 2)) s"
            ),
        ]
        if let quantization { lines.append(("int8", quantization.text)) }
        lines.append(("root hash", rootHash))
        return KeyValueLines.text(lines)
    }
}

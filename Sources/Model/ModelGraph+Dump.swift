import SkipFiles

extension ModelGraph {
    /// Returns the graph as text, one tensor a line: `skipc convert --dump=graph`.
    public func dump() -> String {
        var lines: [String] = []
        let model = configuration
        lines.append(
            "model \(model.architecture): \(model.layers.count) layers, hidden \(model.hiddenSize), "
                + "intermediate \(model.intermediateSize), heads \(model.attentionHeadCount)/"
                + "\(model.keyValueHeadCount) × \(model.headDimension), vocabulary \(model.vocabularySize)"
                + (model.tiesWordEmbeddings ? ", tied head" : ""))
        for (index, source) in sources.enumerated() {
            lines.append("source %\(index) = \(ByteString(source.name)) (\(source.byteCount) bytes)")
        }
        var extent: ExtentID?
        for tensor in tensors {
            if tensor.id.extent != extent {
                extent = tensor.id.extent
                lines.append("\(tensor.id.extent):")
            }
            lines.append("  \(tensor.id) : \(tensor.plan.storage)\(tensor.plan.shape) = \(tensor.plan)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TensorPlan: CustomStringConvertible {
    /// The plan as an expression: `convert(stored(%0 "model.norm.weight" bf16), f32)`.
    public var description: String {
        switch self {
        case .stored(let tensor): "stored(\(tensor.reference) \(tensor.elementType.shortName))"
        case .converted(let input, let elementType): "convert(\(input), \(elementType.shortName))"
        case .adapted(let input, let update): "adapt(\(input), \(update))"
        case .shifted(let input, let addend, let scale): "shift(\(input), \(scale) · \(addend.reference))"
        case .offset(let input, let constant): "offset(\(input), \(constant))"
        case .slice(let input, let range): "slice(\(input), \(range.lowerBound)..<\(range.upperBound))"
        case .quantized(let input, _): "quantize(\(input), \(storage))"
        case .unpacked(let tensor, let groupSize):
            "unpack(\(tensor.reference) \(TensorStorage(.int8, groupSize: groupSize)))"
        }
    }
}

extension SourceTensor {
    /// The file by its index, and the tensor by its name there: `%0 "model.norm.weight"`.
    var reference: String { "%\(sourceIndex) \"\(name)\"" }
}

import SkipConvert
import SkipFiles
import SkipModel

/// A trace file that `skipc trace` wrote. It may contain the logits of only the last tokens.
package struct ReferenceTrace: Sendable {
    package let ids: [UInt32]
    package let window: ObservedWindow

    /// The first token whose logits the trace contains.
    package var firstLogitToken: Int { window.firstLogitToken }

    /// Reads the trace of a model with this configuration.
    package init(_ path: String, configuration: ModelConfiguration) throws(EvaluationError) {
        self = try EvaluationError.input { () throws(InputError) in
            try ReferenceTrace(file: try InputFile(opening: path), configuration: configuration)
        }
    }

    private init(file: InputFile, configuration: ModelConfiguration) throws(InputError) {
        let tensors = TraceTensors(file: file, tensors: try SafetensorsHeader.read(file).tensors)
        let layerCount = configuration.layers.count
        let (idShape, idBytes) = try tensors.read("ids", .int64, [nil])
        let tokenCount = idShape.elementCount
        var ids: [UInt32] = []
        for id in LittleEndian.integers(idBytes, as: Int64.self) {
            guard let token = UInt32(exactly: id) else { throw tensors.error("ids", found: "token id \(id)") }
            ids.append(token)
        }
        self.ids = ids
        let (logitShape, logitBytes) = try tensors.read("logits", .float32, [nil, configuration.vocabularySize])
        let logitTokenCount = logitShape.rowCount
        guard logitTokenCount <= tokenCount else { throw tensors.error("logits", found: "more rows than tokens") }
        window = ObservedWindow(
            tokenCount: tokenCount,
            routerLogits: LittleEndian.floats(
                try tensors.read("router_logits", .float32, [layerCount, 2, tokenCount, 2]).bytes),
            executed: try tensors.read("executed", .uint8, [layerCount, 2, tokenCount]).bytes,
            firstLogitToken: tokenCount - logitTokenCount, logits: LittleEndian.floats(logitBytes))
    }
}

/// The tensors of a trace file, by name.
private struct TraceTensors {
    let file: InputFile
    let tensors: [CheckpointTensor]

    /// Reads a tensor of that type and shape; a nil dimension has any size.
    func read(
        _ name: ByteString, _ storedType: StoredType, _ dimensions: [Int?]
    ) throws(InputError) -> (shape: TensorShape, bytes: [UInt8]) {
        guard let tensor = tensors.first(where: { $0.name == name }) else {
            throw error(name, found: "no such tensor")
        }
        let matches =
            tensor.shape.dimensions.count == dimensions.count
            && zip(tensor.shape.dimensions, dimensions).allSatisfy { $1 == nil || $0 == $1 }
        guard tensor.storedType == storedType, matches else {
            let sizes = dimensions.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw error(
                name, headerOffset: tensor.headerOffset, found: "\(tensor.storedType.rawValue) \(tensor.shape)",
                required: "\(storedType.rawValue) [\(sizes)]")
        }
        return (tensor.shape, try file.bytes(tensor.byteOffset..<tensor.byteOffset + tensor.byteCount))
    }

    func error(
        _ name: ByteString, headerOffset: Int? = nil, found: String, required: String = ""
    ) -> InputError {
        InputError(
            .traceTensor, file: file.path, at: .tensor(name, headerOffset: headerOffset), found: found,
            required: required)
    }
}

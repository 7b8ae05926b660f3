import Convert
import Model
import Runtime

/// What a model did with a run of tokens.
struct ObservedWindow {
    let tokenCount: Int
    /// [layers][attention, mlp][T][execute, skip]
    let routerLogits: [Float]
    /// [layers][attention, mlp][T]
    let executed: [UInt8]
    /// The tokens whose logits are kept: a suffix.
    let firstLogitToken: Int
    /// [T − firstLogitToken][vocabularySize]
    let logits: [Float]

    init(tokenCount: Int, routerLogits: [Float], executed: [UInt8], firstLogitToken: Int, logits: [Float]) {
        self.tokenCount = tokenCount
        self.routerLogits = routerLogits
        self.executed = executed
        self.firstLogitToken = firstLogitToken
        self.logits = logits
    }

    /// Runs the tokens through a fresh session.
    init(_ tokens: [UInt32], _ opened: OpenedModel, options: RunOptions, keepsLogitsFrom first: Int) throws {
        let session = try opened.naming { () throws(RuntimeError) in
            try Session(opened.model, options: options.sessionOptions(positions: max(tokens.count, 1)))
        }
        let recorder = RoutingRecorder(for: opened.model)
        session.recorder = recorder
        var kept: [Float] = []
        kept.reserveCapacity((tokens.count - first) * opened.model.configuration.vocabularySize)
        try opened.naming { () throws(RuntimeError) in
            try session.prefill(tokens) { index, logits in
                guard index >= first else { return }
                for place in logits.indices { kept.append(logits[place]) }
            }
        }
        self.init(
            tokenCount: tokens.count, routerLogits: recorder.routerLogits, executed: recorder.executed,
            firstLogitToken: first, logits: kept)
    }
}

/// A trace file, as `skipc trace` writes it. Its logits may be those of the last tokens only.
struct ReferenceTrace {
    let ids: [UInt32]
    let window: ObservedWindow

    var firstLogitToken: Int { window.firstLogitToken }

    init(_ path: String, configuration: ModelConfiguration) throws {
        let file = try InputFile(opening: path)
        let header = try SafetensorsHeader.read(file)
        func tensor(_ name: ByteString, _ storedType: StoredType, _ dimensions: [Int?]) throws -> (
            CheckpointTensor, [UInt8]
        ) {
            guard let tensor = header.tensors.first(where: { $0.name == name }) else {
                throw InputError(
                    .traceTensor, file: path, at: .tensor(name, headerOffset: nil), found: "no such tensor")
            }
            let matches =
                tensor.shape.dimensions.count == dimensions.count
                && zip(tensor.shape.dimensions, dimensions).allSatisfy { $1 == nil || $0 == $1 }
            guard tensor.storedType == storedType, matches else {
                throw InputError(
                    .traceTensor, file: path, at: .tensor(name, headerOffset: tensor.headerOffset),
                    found: "\(tensor.storedType.rawValue) \(tensor.shape)",
                    required:
                        "\(storedType.rawValue) [\(dimensions.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
                )
            }
            return (tensor, try file.bytes(tensor.byteOffset..<tensor.byteOffset + tensor.byteCount))
        }
        let layerCount = configuration.layers.count
        let (idTensor, idBytes) = try tensor("ids", .int64, [nil])
        let tokenCount = idTensor.shape.elementCount
        ids = try LittleEndian.elements(idBytes, Int64.self).map { id in
            guard let token = UInt32(exactly: id) else {
                throw InputError(
                    .traceTensor, file: path, at: .tensor("ids", headerOffset: nil), found: "token id \(id)")
            }
            return token
        }
        let (logitTensor, logitBytes) = try tensor("logits", .float32, [nil, configuration.vocabularySize])
        let logitTokenCount = logitTensor.shape.rowCount
        guard logitTokenCount <= tokenCount else {
            throw InputError(
                .traceTensor, file: path, at: .tensor("logits", headerOffset: nil), found: "more rows than tokens")
        }
        window = ObservedWindow(
            tokenCount: tokenCount,
            routerLogits: LittleEndian.floats(try tensor("router_logits", .float32, [layerCount, 2, tokenCount, 2]).1),
            executed: try tensor("executed", .uint8, [layerCount, 2, tokenCount]).1,
            firstLogitToken: tokenCount - logitTokenCount, logits: LittleEndian.floats(logitBytes))
    }
}

/// Numbers from the bytes of a file.
enum LittleEndian {
    static func elements<Element: FixedWidthInteger>(_ bytes: [UInt8], _: Element.Type) -> [Element] {
        let width = MemoryLayout<Element>.size
        return stride(from: 0, to: bytes.count / width * width, by: width).map { start in
            (0..<width).reduce(Element.zero) { $0 | Element(truncatingIfNeeded: bytes[start + $1]) << ($1 * 8) }
        }
    }

    static func floats(_ bytes: [UInt8]) -> [Float] { elements(bytes, UInt32.self).map(Float.init(bitPattern:)) }
}

import SkipFormat
import SkipModel

extension RoutedModel {
    /// Opens the `.skipgpt` file at `path`: maps it, checks everything but the weights, and resolves every tensor. Takes
    /// about a millisecond, whatever the file's size. `instructionSet` selects the kernels.
    ///
    /// - Throws: `format`, `missingTensor`, `shapeMismatch`, `unsupportedElementType`, `configurationOutOfRange`,
    ///   `unknownInstructionSet`, `unavailableInstructionSet`.
    public convenience init(
        opening path: String, instructionSet: InstructionSet = .best
    ) throws(RuntimeError) {
        let file: SkipFile
        do { file = try SkipFile(opening: path) } catch { throw .format(error) }
        try self.init(file, instructionSet: instructionSet)
    }

    /// As `init(opening:)`, of a file that is open already.
    public convenience init(_ file: SkipFile, instructionSet: InstructionSet = .best) throws(RuntimeError) {
        let resolver = WeightResolver(file: file)
        try self.init(
            configuration: file.configuration, weights: resolver.weights(), instructionSet: instructionSet, file: file,
            owner: file)
    }
}

/// Finds a file's tensors and checks that they are what the configuration says.
private struct WeightResolver {
    let file: SkipFile

    func weights() throws(RuntimeError) -> ModelWeights {
        let embedding = try matrix(.tokenEmbedding)
        let head = file.configuration.tiesWordEmbeddings ? embedding : try matrix(.outputHead)
        var layers: [LayerWeights] = []
        layers.reserveCapacity(file.configuration.layers.count)
        for index in file.configuration.layers.indices { layers.append(try layer(index)) }
        return ModelWeights(
            tokenEmbedding: embedding, outputHead: head, finalNorm: try requiredVector(.finalNorm), layers: layers)
    }

    private func layer(_ index: Int) throws(RuntimeError) -> LayerWeights {
        var layer = LayerWeights(
            attentionInputNorm: try requiredVector(.attentionInputNorm, index),
            query: try linear(.queryProjection, .queryBias, index),
            key: try linear(.keyProjection, .keyBias, index),
            value: try linear(.valueProjection, .valueBias, index),
            attentionOutput: try linear(.attentionOutputProjection, .attentionOutputBias, index),
            mlpInputNorm: try requiredVector(.mlpInputNorm, index),
            gate: try linear(.gateProjection, .gateBias, index),
            up: try linear(.upProjection, .upBias, index),
            down: try linear(.downProjection, .downBias, index),
            attentionRouter: try router(.attention, index),
            mlpRouter: try router(.mlp, index),
            window: file.configuration.layers[index].slidingWindow ?? .max)
        layer.keyValueExtent = extent(.keyValue, index)
        layer.attentionExtent = extent(.attention, index)
        layer.mlpExtent = extent(.mlp, index)
        return layer
    }

    /// An extent of a layer, which is read when the routers say so, and no further.
    private func extent(_ kind: ExtentKind, _ layer: Int) -> MappedExtent {
        // SAFETY: the model owns the file, and the file its mapping.
        guard let bytes = unsafe file.bytes(of: ExtentID(kind, layer: layer)) else { return .none }
        let extent = unsafe MappedExtent(bytes: bytes)
        extent.isReadAlone()
        return extent
    }

    private func router(_ module: RoutedModule, _ layer: Int) throws(RuntimeError) -> RouterWeights? {
        let roles = RouterRoles(module)
        let predictorWeight: WeightMatrix
        switch file.configuration.layers[layer].router(module) {
        case .none: return nil
        case .linear, .mlp: predictorWeight = try matrix(roles.predictorWeight, layer)
        }
        var router = RouterWeights(
            predictorWeight: predictorWeight, predictorBias: try vector(roles.predictorBias, layer))
        if case .mlp = file.configuration.layers[layer].router(module) {
            router.hiddenWeight = try matrix(roles.hiddenWeight, layer)
            router.hiddenBias = try requiredVector(roles.hiddenBias, layer)
        }
        return router
    }

    private func linear(_ weight: TensorRole, _ bias: TensorRole, _ layer: Int) throws(RuntimeError) -> LinearWeights {
        LinearWeights(weight: try matrix(weight, layer), bias: try vector(bias, layer))
    }

    private func matrix(_ role: TensorRole, _ layer: Int? = nil) throws(RuntimeError) -> WeightMatrix {
        let id = TensorID(role, layer: layer)
        guard let record = try record(id) else { throw .missingTensor(name: "\(id)") }
        if record.elementType == .float64 {
            throw .unsupportedElementType(name: "\(id)", elementType: record.elementType.shortName)
        }
        let shape = record.shape
        let bytes = unsafe file.bytes(of: record)
        guard let base = bytes.baseAddress, bytes.count == record.storage.byteCount(of: shape) else {
            throw .missingTensor(name: "\(id)")
        }
        // SAFETY: the bytes are the whole matrix; the model owns the file, and the file its mapping.
        return unsafe WeightMatrix(
            base: base, storage: record.storage, rowCount: shape.rowCount, columnCount: shape.columnCount)
    }

    private func requiredVector(_ role: TensorRole, _ layer: Int? = nil) throws(RuntimeError) -> FloatView {
        guard let vector = try vector(role, layer) else {
            throw .missingTensor(name: "\(TensorID(role, layer: layer))")
        }
        return vector
    }

    private func vector(_ role: TensorRole, _ layer: Int? = nil) throws(RuntimeError) -> FloatView? {
        let id = TensorID(role, layer: layer)
        guard let record = try record(id) else { return nil }
        guard record.elementType == .float32 else {
            throw .unsupportedElementType(name: "\(id)", elementType: record.elementType.shortName)
        }
        let floats = unsafe file.bytes(of: record).bindMemory(to: Float.self)
        guard let base = floats.baseAddress, floats.count == record.shape.elementCount else {
            throw .missingTensor(name: "\(id)")
        }
        // SAFETY: as in `matrix`. The mapping is read-only, and views of weights are only read.
        return unsafe FloatView(base: UnsafeMutablePointer(mutating: base), count: floats.count)
    }

    /// The tensor's record, if the file holds it, with the shape that the configuration gives it.
    private func record(_ id: TensorID) throws(RuntimeError) -> TensorRecord? {
        guard let record = file.tensor(id) else { return nil }
        let expected = file.configuration.shape(of: id)
        guard record.shape == expected else {
            throw .shapeMismatch(name: "\(id)", expected: expected?.dimensions ?? [], found: record.shape.dimensions)
        }
        return record
    }
}

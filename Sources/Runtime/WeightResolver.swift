import SkipFormat
import SkipModel

/// Finds the tensors of a file. Nothing can fail: opening the file checked presence, types, shapes and sizes.
struct WeightResolver {
    let file: SkipFile

    func weights() -> ModelWeights {
        let embedding = matrix(.tokenEmbedding)
        let head = file.configuration.tiesWordEmbeddings ? embedding : matrix(.outputHead)
        return ModelWeights(
            tokenEmbedding: embedding, outputHead: head, finalNorm: vector(.finalNorm),
            layers: file.configuration.layers.indices.map(layer))
    }

    private func layer(_ index: Int) -> LayerWeights {
        var layer = LayerWeights(
            attentionInputNorm: vector(.attentionInputNorm, index),
            query: linear(.queryProjection, .queryBias, index), key: linear(.keyProjection, .keyBias, index),
            value: linear(.valueProjection, .valueBias, index),
            attentionOutput: linear(.attentionOutputProjection, .attentionOutputBias, index),
            mlpInputNorm: vector(.mlpInputNorm, index), gate: linear(.gateProjection, .gateBias, index),
            up: linear(.upProjection, .upBias, index), down: linear(.downProjection, .downBias, index),
            attentionRouter: router(.attention, index), mlpRouter: router(.mlp, index),
            window: file.configuration.layers[index].slidingWindow ?? .max)
        layer.keyValueExtent = extent(.keyValue, index)
        layer.attentionExtent = extent(.attention, index)
        layer.mlpExtent = extent(.mlp, index)
        return layer
    }

    /// An extent of a layer. Reads inside it must not prefetch past its end, because the next module may be skipped.
    private func extent(_ kind: ExtentKind, _ layer: Int) -> MappedExtent {
        // SAFETY: the model owns the file, and the file its mapping.
        guard let bytes = unsafe file.bytes(of: ExtentID(kind, layer: layer)) else { return .none }
        let extent = unsafe MappedExtent(bytes: bytes)
        extent.isReadAlone()
        return extent
    }

    private func router(_ module: RoutedModule, _ layer: Int) -> RouterWeights? {
        let roles = RouterRoles(module)
        let kind = file.configuration.layers[layer].router(module)
        if kind == .none { return nil }
        var router = RouterWeights(
            predictorWeight: matrix(roles.predictorWeight, layer),
            predictorBias: optionalVector(roles.predictorBias, layer))
        if case .mlp = kind {
            router.hiddenWeight = matrix(roles.hiddenWeight, layer)
            router.hiddenBias = vector(roles.hiddenBias, layer)
        }
        return router
    }

    private func linear(_ weight: TensorRole, _ bias: TensorRole, _ layer: Int) -> LinearWeights {
        LinearWeights(weight: matrix(weight, layer), bias: optionalVector(bias, layer))
    }

    private func matrix(_ role: TensorRole, _ layer: Int? = nil) -> WeightMatrix {
        let id = TensorID(role, layer: layer)
        guard let record = file.tensor(id), let base = unsafe file.bytes(of: record).baseAddress else {
            preconditionFailure("opening a file checks that \(id) is in it")
        }
        // SAFETY: the bytes are the whole matrix; the model owns the file, and the file its mapping.
        return unsafe WeightMatrix(
            base: base, storage: record.storage, rowCount: record.shape.rowCount, columnCount: record.shape.columnCount)
    }

    private func vector(_ role: TensorRole, _ layer: Int? = nil) -> FloatView {
        guard let vector = optionalVector(role, layer) else {
            preconditionFailure("opening a file checks that \(TensorID(role, layer: layer)) is in it")
        }
        return vector
    }

    private func optionalVector(_ role: TensorRole, _ layer: Int?) -> FloatView? {
        guard let record = file.tensor(TensorID(role, layer: layer)) else { return nil }
        let floats = unsafe file.bytes(of: record).bindMemory(to: Float.self)
        // SAFETY: as in `matrix`; vectors are float32. The mapping is read-only, and views of weights are only read.
        return unsafe floats.baseAddress.map {
            unsafe FloatView(base: UnsafeMutablePointer(mutating: $0), count: floats.count)
        }
    }
}

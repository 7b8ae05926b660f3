import SkipModel

/// One router. It computes two logits, execute and skip, from the input of the layer.
package struct RouterWeights: Sendable {
    /// [hiddenWidth, hiddenSize]; nil for a linear router, whose predictor reads the input of the layer.
    package var hiddenWeight: WeightMatrix?
    /// [hiddenWidth]
    package var hiddenBias: FloatView?
    /// [2, hiddenWidth or hiddenSize]
    package var predictorWeight: WeightMatrix
    /// [2]
    package var predictorBias: FloatView?

    package init(
        hiddenWeight: WeightMatrix? = nil, hiddenBias: FloatView? = nil, predictorWeight: WeightMatrix,
        predictorBias: FloatView? = nil
    ) {
        self.hiddenWeight = hiddenWeight
        self.hiddenBias = hiddenBias
        self.predictorWeight = predictorWeight
        self.predictorBias = predictorBias
    }

    /// Width of the hidden layer; 0 for a linear router.
    var hiddenWidth: Int { hiddenWeight?.rowCount ?? 0 }

    var byteCount: Int {
        let vectors = (hiddenBias?.count ?? 0) + (predictorBias?.count ?? 0)
        return (hiddenWeight?.byteCount ?? 0) + predictorWeight.byteCount + vectors * MemoryLayout<Float>.stride
    }
}

/// A matrix and the bias of its outputs.
package struct LinearWeights: Sendable {
    package var weight: WeightMatrix
    /// One float per row of `weight`.
    package var bias: FloatView?

    package init(weight: WeightMatrix, bias: FloatView? = nil) {
        self.weight = weight
        self.bias = bias
    }

    var byteCount: Int { weight.byteCount + (bias?.count ?? 0) * MemoryLayout<Float>.stride }
}

/// The weights of one layer, resolved once so that the token loop looks nothing up. A plain value without references.
package struct LayerWeights: Sendable {
    package var attentionInputNorm: FloatView
    package var query: LinearWeights
    package var key: LinearWeights
    package var value: LinearWeights
    package var attentionOutput: LinearWeights
    package var mlpInputNorm: FloatView
    package var gate: LinearWeights
    package var up: LinearWeights
    package var down: LinearWeights
    package var attentionRouter: RouterWeights?
    package var mlpRouter: RouterWeights?
    /// The number of tokens that attention sees, including the current one.
    package var window: Int
    /// K and V in the file.
    package var keyValueExtent = MappedExtent.none
    package var attentionExtent = MappedExtent.none
    package var mlpExtent = MappedExtent.none

    package init(
        attentionInputNorm: FloatView, query: LinearWeights, key: LinearWeights, value: LinearWeights,
        attentionOutput: LinearWeights, mlpInputNorm: FloatView, gate: LinearWeights, up: LinearWeights,
        down: LinearWeights, attentionRouter: RouterWeights? = nil, mlpRouter: RouterWeights? = nil,
        window: Int = .max
    ) {
        self.attentionInputNorm = attentionInputNorm
        self.query = query
        self.key = key
        self.value = value
        self.attentionOutput = attentionOutput
        self.mlpInputNorm = mlpInputNorm
        self.gate = gate
        self.up = up
        self.down = down
        self.attentionRouter = attentionRouter
        self.mlpRouter = mlpRouter
        self.window = window
    }

    func router(_ module: RoutedModule) -> RouterWeights? {
        switch module {
        case .attention: attentionRouter
        case .mlp: mlpRouter
        }
    }

    /// The number of bytes that a module reads when it executes.
    func byteCount(_ module: RoutedModule) -> Int {
        switch module {
        case .attention: query.byteCount + attentionOutput.byteCount
        case .mlp:
            gate.byteCount + up.byteCount + down.byteCount + mlpInputNorm.count * MemoryLayout<Float>.stride
        }
    }

    /// The number of bytes that every token reads: the input norm, K and V.
    var unroutedByteCount: Int {
        key.byteCount + value.byteCount + attentionInputNorm.count * MemoryLayout<Float>.stride
    }

    var routerByteCount: Int { (attentionRouter?.byteCount ?? 0) + (mlpRouter?.byteCount ?? 0) }

    /// Hidden width of the wider mlp router; 0 if the layer has none.
    var widestRouter: Int { max(attentionRouter?.hiddenWidth ?? 0, mlpRouter?.hiddenWidth ?? 0) }
}

/// The resolved weights of a model.
package struct ModelWeights: Sendable {
    /// [vocabularySize, hiddenSize]
    package var tokenEmbedding: WeightMatrix
    /// [vocabularySize, hiddenSize]; the token embedding if the model ties them.
    package var outputHead: WeightMatrix
    /// [hiddenSize]
    package var finalNorm: FloatView
    package var layers: [LayerWeights]

    package init(
        tokenEmbedding: WeightMatrix, outputHead: WeightMatrix, finalNorm: FloatView, layers: [LayerWeights]
    ) {
        self.tokenEmbedding = tokenEmbedding
        self.outputHead = outputHead
        self.finalNorm = finalNorm
        self.layers = layers
    }
}

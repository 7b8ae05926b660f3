import SkipModel

/// A matrix of weights where it lies: row-major or, in int8, in records of rows, in the mapped file or in a test's memory.
/// Trivial.
@safe
package struct WeightMatrix: Sendable {
    // SAFETY: `byteCount` bytes that live as long as the model.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    package let storage: TensorStorage
    /// Outputs.
    package let rowCount: Int
    /// Inputs.
    package let columnCount: Int
    /// Bytes of a row or, in int8, of a record of rows.
    private let recordByteCount: Int

    /// - Precondition: `base` points to the whole matrix, and it outlives the view.
    @unsafe
    package init(base: UnsafeRawPointer, storage: TensorStorage, rowCount: Int, columnCount: Int) {
        unsafe self.base = base
        self.storage = storage
        self.rowCount = rowCount
        self.columnCount = columnCount
        recordByteCount = storage.recordByteCount(columnCount: columnCount)
    }

    package var elementType: ElementType { storage.elementType }

    package var byteCount: Int { storage.recordCount(rowCount: rowCount) * recordByteCount }

    /// Whether its rows are in int8.
    var isQuantized: Bool { elementType == .int8 }

    /// The element type as the kernels number it.
    var kernelType: Int32 { Int32(elementType.rawValue) }

    /// The address of row `rows.lowerBound`, which begins a record; the rows from there to `rows.upperBound` are the
    /// matrix's.
    @unsafe
    func pointer(rows: Range<Int>) -> UnsafeRawPointer {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
        let (record, rest) = rows.lowerBound.quotientAndRemainder(dividingBy: storage.recordRowCount)
        precondition(rest == 0)
        return unsafe base + record * recordByteCount
    }
}

/// One router. It reads the layer's input and gives two logits: execute, skip.
package struct RouterWeights: Sendable {
    /// [hiddenWidth, hiddenSize], of an mlp router; nil: the predictor reads the layer's input itself.
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

    /// Width of the hidden layer; 0 without one.
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

/// Everything that one layer reads. Trivial: resolved once, so that the token loop looks nothing up.
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
    /// Attention reaches back this many tokens, the current one included.
    package var window: Int
    /// Where K and V, and the modules, lie in the file.
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

    /// Bytes that a module reads when it executes.
    func byteCount(_ module: RoutedModule) -> Int {
        switch module {
        case .attention: query.byteCount + attentionOutput.byteCount
        case .mlp:
            gate.byteCount + up.byteCount + down.byteCount + mlpInputNorm.count * MemoryLayout<Float>.stride
        }
    }

    /// Bytes that every token reads: the input norm, K and V.
    var unroutedByteCount: Int {
        key.byteCount + value.byteCount + attentionInputNorm.count * MemoryLayout<Float>.stride
    }

    var routerByteCount: Int { (attentionRouter?.byteCount ?? 0) + (mlpRouter?.byteCount ?? 0) }
}

/// The weights of a model, resolved.
package struct ModelWeights: Sendable {
    /// [vocabularySize, hiddenSize]
    package var tokenEmbedding: WeightMatrix
    /// [vocabularySize, hiddenSize]; the token embedding itself if the model ties them.
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

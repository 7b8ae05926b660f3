import SkipModel

/// The numbers that determine the sizes of a session's buffers.
struct SessionSizes {
    let model: ModelSizes
    let layerCount: Int
    let chunkLength: Int
    let workerCount: Int
    /// Floats of one token of the widest input of a product.
    let widestInput: Int
    /// The chunk length, rounded up to whole tiles.
    let paddedChunk: Int
    /// Hidden width of the widest mlp router; 0 if there is none.
    let routerWidth: Int
    let quantizedCounts: QuantizedCounts
    let strides: WorkerStrides

    /// The most floats of the activations of a chunk, 512 MiB: more than a chunk of 256 tokens of any released model
    /// needs. Chunks of a wider model have fewer tokens.
    private static let activationFloatLimit = 1 << 27

    /// `chunkLength` is the most tokens of a chunk.
    init(
        _ model: RoutedModel, chunkLength: Int, maximumPositions: Int, workerCount: Int, precision: ActivationPrecision
    ) {
        let layers = model.layers
        let sizes = ModelSizes(model.configuration)
        self.model = sizes
        layerCount = layers.count
        self.workerCount = workerCount
        let widestInput = max(sizes.hiddenSize, sizes.queryWidth, sizes.intermediateSize)
        let routerWidth = (0..<layers.count).map { layers[$0].widestRouter }.max() ?? 0
        // The chunk-length buffers of `SessionBuffers`; quantized tokens are smaller than the tokens.
        let floatsPerToken =
            5 * sizes.hiddenSize + 2 * widestInput + 2 * sizes.queryWidth + 2 * sizes.intermediateSize + 2 * routerWidth
        let chunkLength = min(chunkLength, max(1, Self.activationFloatLimit / floatsPerToken))
        self.widestInput = widestInput
        self.routerWidth = routerWidth
        self.chunkLength = chunkLength
        paddedChunk = Compute.packedCount(tokenCount: chunkLength, columnCount: 1)
        quantizedCounts = QuantizedCounts(model, tokenCount: chunkLength, precision: precision)
        strides = WorkerStrides(
            hiddenSize: sizes.hiddenSize, widestInput: widestInput, maximumPositions: maximumPositions)
    }
}

/// Distances in floats between the private buffers of two workers: whole cache lines, so that workers share none.
struct WorkerStrides {
    let normalized: Int
    let scores: Int
    let scratch: Int
    let rowScratch: Int
    let routerLogits: Int

    init(hiddenSize: Int, widestInput: Int, maximumPositions: Int) {
        func lineRounded(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }
        normalized = lineRounded(hiddenSize)
        scores = lineRounded(Compute.scoreCount(positionCount: maximumPositions))
        scratch = lineRounded(Compute.scratchCount(columnCount: widestInput))
        rowScratch = lineRounded(TensorStorage.int8RecordRowCount * widestInput)
        routerLogits = lineRounded(2)
    }
}

/// Floats of memory for the quantized tokens of a chunk, for the int8 matrix that needs most.
struct QuantizedCounts {
    /// Of any input.
    private(set) var all = 0
    /// Of the input of the query projection.
    private(set) var subset = 0

    init(_ model: RoutedModel, tokenCount: Int, precision: ActivationPrecision) {
        func count(_ weight: WeightMatrix) -> Int {
            guard weight.isQuantized, precision != .float32 else { return 0 }
            return Compute.quantizedCount(
                tokenCount: tokenCount, columnCount: weight.columnCount, groupSize: weight.storage.groupSize,
                precision: precision)
        }
        all = count(model.outputHead)
        for index in 0..<model.layers.count {
            let layer = model.layers[index]
            subset = max(subset, count(layer.query.weight))
            for linear in [layer.key, layer.value, layer.attentionOutput, layer.gate, layer.up, layer.down] {
                all = max(all, count(linear.weight))
            }
        }
        all = max(all, subset)
    }
}

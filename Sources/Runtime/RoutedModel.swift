import SkipFormat
import SkipModel

/// A routed language model, opened and resolved, that any number of sessions may share.
@safe
public final class RoutedModel: Sendable {
    public let configuration: ModelConfiguration
    /// The kernels that sessions of this model compute with.
    public let instructionSet: InstructionSet

    let compute: Compute
    let tokenEmbedding: WeightMatrix
    let outputHead: WeightMatrix
    let finalNorm: FloatView
    // SAFETY: allocated and initialized by `init`, freed by `deinit`, constant between.
    private nonisolated(unsafe) let layerStorage: UnsafeMutableBufferPointer<LayerWeights>
    /// The file that the model was opened from; nil for one in memory.
    public let file: SkipFile?
    /// Keeps the memory alive that the weights point into.
    private let owner: any Sendable

    /// A model whose weights are resolved.
    ///
    /// - Parameter owner: what the weights' memory lives as long as.
    /// - Throws: `configurationOutOfRange`, `unavailableInstructionSet`, `missingTensor` if layers are missing.
    package init(
        configuration: ModelConfiguration, weights: ModelWeights, instructionSet: InstructionSet, file: SkipFile? = nil,
        owner: any Sendable
    ) throws(RuntimeError) {
        try Self.check(configuration)
        guard weights.layers.count == configuration.layers.count else {
            throw .missingTensor(name: "layers.\(weights.layers.count)")
        }
        compute = try Compute(instructionSet)
        self.configuration = configuration
        self.instructionSet = instructionSet
        tokenEmbedding = weights.tokenEmbedding
        outputHead = weights.outputHead
        finalNorm = weights.finalNorm
        unsafe layerStorage = .allocate(capacity: weights.layers.count)
        _ = unsafe layerStorage.initialize(fromContentsOf: weights.layers)
        self.file = file
        self.owner = owner
    }

    deinit { unsafe layerStorage.deallocate() }

    /// The layers, for as long as the model lives.
    var layers: LayerTable { unsafe LayerTable(UnsafeBufferPointer(layerStorage)) }

    /// Bytes that every token reads: embedding row, final norm, head, and each layer's K, V, norm and routers.
    func unroutedByteCount(isDense: Bool) -> Int {
        var bytes = tokenEmbedding.byteCount / max(tokenEmbedding.rowCount, 1)
        bytes += outputHead.byteCount + finalNorm.count * MemoryLayout<Float>.stride
        for index in 0..<layers.count {
            bytes += layers[index].unroutedByteCount + (isDense ? 0 : layers[index].routerByteCount)
        }
        return bytes
    }

    /// Bytes of weights that a token reads when every module executes.
    var denseByteCount: Int {
        (0..<layers.count).reduce(unroutedByteCount(isDense: true)) { bytes, index in
            RoutedModule.allCases.reduce(bytes) { $0 + layers[index].byteCount($1) }
        }
    }

    /// Bounds the numbers that loops and divisions rest on.
    private static func check(_ configuration: ModelConfiguration) throws(RuntimeError) {
        let limit = Int(Int32.max)
        let sizes = [
            ("vocabularySize", configuration.vocabularySize), ("hiddenSize", configuration.hiddenSize),
            ("intermediateSize", configuration.intermediateSize),
            ("attentionHeadCount", configuration.attentionHeadCount),
            ("keyValueHeadCount", configuration.keyValueHeadCount), ("headDimension", configuration.headDimension),
            ("maximumPositionCount", configuration.maximumPositionCount),
        ]
        for (field, value) in sizes where !(1...limit).contains(value) {
            throw .configurationOutOfRange(field: field, value: value)
        }
        if configuration.headDimension % 2 != 0 {
            throw .configurationOutOfRange(field: "headDimension", value: configuration.headDimension)
        }
        if configuration.attentionHeadCount % configuration.keyValueHeadCount != 0 {
            throw .configurationOutOfRange(field: "keyValueHeadCount", value: configuration.keyValueHeadCount)
        }
        for layer in configuration.layers {
            if let window = layer.slidingWindow, window < 1 {
                throw .configurationOutOfRange(field: "slidingWindow", value: window)
            }
        }
    }
}

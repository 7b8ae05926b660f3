import SkipModel
import TestSupport

@testable import SkipRuntime

/// A small model with random weights, for the runtime and for the reference.
final class TestModel {
    let configuration: ModelConfiguration
    /// The values of each tensor after rounding to its stored type, row-major.
    private(set) var values: [TensorID: [Float]] = [:]
    /// The bytes of the int8 tensors.
    private(set) var records: [TensorID: [UInt8]] = [:]
    private let memory = WeightMemory()
    let variant: ModelVariant
    private let seed: UInt64
    private var random: SplitMix64

    init(_ variant: ModelVariant, seed: UInt64 = 1) {
        self.variant = variant
        self.seed = seed
        configuration = variant.configuration
        random = SplitMix64(seed: seed)
    }

    /// Returns the model with its weights, which are drawn by the first call.
    func opened(with instructionSet: InstructionSet) throws -> RoutedModel {
        if values.isEmpty, let drawn = DrawnWeights.stored(variant, seed: seed) {
            (values, records) = (drawn.values, drawn.records)
        }
        defer { DrawnWeights(variant: variant, seed: seed, values: values, records: records).store() }
        let embedding = matrix(.tokenEmbedding)
        let head = configuration.tiesWordEmbeddings ? embedding : matrix(.outputHead)
        let weights = ModelWeights(
            tokenEmbedding: embedding, outputHead: head, finalNorm: norm(.finalNorm),
            layers: configuration.layers.indices.map(layer))
        return try RoutedModel(
            configuration: configuration, weights: weights, instructionSet: instructionSet, owner: memory)
    }

    private func layer(_ index: Int) -> LayerWeights {
        LayerWeights(
            attentionInputNorm: norm(.attentionInputNorm, index),
            query: linear(.queryProjection, .queryBias, index), key: linear(.keyProjection, .keyBias, index),
            value: linear(.valueProjection, .valueBias, index),
            attentionOutput: linear(.attentionOutputProjection, .attentionOutputBias, index),
            mlpInputNorm: norm(.mlpInputNorm, index), gate: linear(.gateProjection, .gateBias, index),
            up: linear(.upProjection, .upBias, index), down: linear(.downProjection, .downBias, index),
            attentionRouter: router(.attention, index), mlpRouter: router(.mlp, index),
            window: configuration.layers[index].slidingWindow ?? .max)
    }

    private func router(_ module: RoutedModule, _ layer: Int) -> RouterWeights? {
        let roles = RouterRoles(module)
        let kind = configuration.layers[layer].router(module)
        if kind == .none { return nil }
        var router = RouterWeights(predictorWeight: matrix(roles.predictorWeight, layer, scale: 3))
        if kind != .linear {
            router.hiddenWeight = matrix(roles.hiddenWeight, layer)
            router.hiddenBias = vector(roles.hiddenBias, layer)
        }
        if variant.hasRouterBiases { router.predictorBias = vector(roles.predictorBias, layer) }
        return router
    }

    private func linear(_ weight: TensorRole, _ bias: TensorRole, _ layer: Int) -> LinearWeights {
        LinearWeights(weight: matrix(weight, layer), bias: variant.hasBiases ? vector(bias, layer) : nil)
    }

    private func norm(_ role: TensorRole, _ layer: Int? = nil) -> FloatView {
        memory.view(draw(TensorID(role, layer: layer), scale: 0.3, offset: 1, as: .float32))
    }

    private func vector(_ role: TensorRole, _ layer: Int) -> FloatView {
        memory.view(draw(TensorID(role, layer: layer), scale: 0.3, as: .float32))
    }

    private func matrix(_ role: TensorRole, _ layer: Int? = nil, scale: Float = 1) -> WeightMatrix {
        let id = TensorID(role, layer: layer)
        let shape = configuration.shape(of: id) ?? .vector(0)
        let storage = variant.storage(of: role, columnCount: shape.columnCount)
        if let bytes = records[id] {
            return memory.matrix(bytes, storage, rows: shape.rowCount, columns: shape.columnCount)
        }
        let drawn = draw(id, scale: scale * 2 / Float(shape.columnCount).squareRoot(), as: storage.elementType)
        if storage.elementType == .int8 {
            let records = Int8Records(
                drawn, rowCount: shape.rowCount, columnCount: shape.columnCount, groupSize: storage.groupSize)
            values[id] = records.values
            self.records[id] = records.bytes
            return memory.matrix(records.bytes, storage, rows: shape.rowCount, columns: shape.columnCount)
        }
        return memory.matrix(drawn, storage.elementType, rows: shape.rowCount, columns: shape.columnCount)
    }

    private func draw(_ id: TensorID, scale: Float, offset: Float = 0, as elementType: ElementType) -> [Float] {
        if let drawn = values[id] { return drawn }
        let count = configuration.shape(of: id)?.elementCount ?? 0
        let drawn = (0..<count).map { _ in
            rounded(offset + scale * Float.random(in: -1...1, using: &random), to: elementType)
        }
        values[id] = drawn
        return drawn
    }
}

/// Returns a value near `value` that the element type can represent.
private func rounded(_ value: Float, to elementType: ElementType) -> Float {
    switch elementType {
    case .float16: Float(Float16(value))
    case .bfloat16: Float(bitPattern: value.bitPattern & 0xFFFF_0000)
    default: value
    }
}

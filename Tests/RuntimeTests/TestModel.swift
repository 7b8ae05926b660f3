import SkipModel
import TestSupport
import Testing

@testable import SkipRuntime

/// A small model with random weights, in the form that the runtime reads and in the form that the reference reads.
final class TestModel {
    let configuration: ModelConfiguration
    /// Each tensor's values after rounding to its stored type, row-major.
    private(set) var values: [TensorID: [Float]] = [:]
    /// The bytes of those that are int8.
    private(set) var records: [TensorID: [UInt8]] = [:]
    private let memory = WeightMemory()
    let variant: ModelVariant
    private var random: SplitMix64

    init(_ variant: ModelVariant, seed: UInt64 = 1) {
        self.variant = variant
        configuration = variant.configuration
        random = SplitMix64(seed: seed)
    }

    func opened(with instructionSet: InstructionSet) throws -> RoutedModel {
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
        let count = configuration.shape(of: id)?.elementCount ?? 0
        let drawn = (0..<count).map { _ in
            rounded(offset + scale * Float.random(in: -1...1, using: &random), to: elementType)
        }
        values[id] = drawn
        return drawn
    }
}

/// What a test model is like.
struct ModelVariant: Sendable, CustomTestStringConvertible {
    var name: String
    var configuration: ModelConfiguration
    var matrixType = ElementType.float32
    /// Of int8.
    var groupSize = 0
    /// Of the output projections, if these are to have other groups.
    var otherGroupSize: Int?
    var routerType = ElementType.float32
    /// Of the up projection, where it is to differ from the gate's.
    var upType: ElementType?
    var hasBiases = false
    var hasRouterBiases = true

    var testDescription: String { name }

    init(_ name: String, _ change: (inout ModelVariant) -> Void = { _ in }) {
        self.name = name
        let routed = LayerConfiguration(attentionRouter: .linear, mlpRouter: .linear)
        configuration = ModelConfiguration(
            architecture: .llama, vocabularySize: 83, hiddenSize: 40, intermediateSize: 72, attentionHeadCount: 4,
            keyValueHeadCount: 2, headDimension: 12, maximumPositionCount: 64, rmsNormEpsilon: 1e-5,
            rotaryEmbedding: RotaryEmbedding(theta: 10_000), tiesWordEmbeddings: false,
            attentionScale: 1 / Float(12).squareRoot(), layers: [routed, routed, routed])
        change(&self)
    }

    func elementType(of role: TensorRole) -> ElementType {
        if role == .upProjection, let upType { return upType }
        return role.extentKind == .routers ? routerType : matrixType
    }

    func storage(of role: TensorRole, columnCount: Int) -> TensorStorage {
        let elementType = elementType(of: role)
        if elementType != .int8 { return TensorStorage(elementType) }
        let size = [.valueProjection, .upProjection].contains(role) ? otherGroupSize ?? groupSize : groupSize
        return TensorStorage(.int8, groupSize: size >= columnCount ? 0 : size)
    }

    var isQuantized: Bool { matrixType == .int8 || upType == .int8 }

    static let mlpRouters = LayerConfiguration(
        attentionRouter: .mlp(hiddenWidth: 10), mlpRouter: .mlp(hiddenWidth: 10))

    static let all: [ModelVariant] = [
        ModelVariant("linear routers"),
        ModelVariant("mlp routers") { $0.configuration.layers = [mlpRouters, mlpRouters, mlpRouters] },
        ModelVariant("no routers") { $0.configuration.layers = [LayerConfiguration(), LayerConfiguration()] },
        ModelVariant("routers of some modules") {
            $0.configuration.layers = [
                LayerConfiguration(), LayerConfiguration(attentionRouter: .linear),
                LayerConfiguration(mlpRouter: .mlp(hiddenWidth: 7)), LayerConfiguration(),
            ]
            $0.hasRouterBiases = false
        },
        ModelVariant("biases") { $0.hasBiases = true },
        ModelVariant("tied, bfloat16") {
            $0.configuration.tiesWordEmbeddings = true
            $0.matrixType = .bfloat16
        },
        ModelVariant("float16") { $0.matrixType = .float16 },
        ModelVariant("mixed types") {
            $0.matrixType = .bfloat16
            $0.upType = .float32
        },
        ModelVariant("int8") { $0.matrixType = .int8 },
        ModelVariant("int8 in groups, biases") {
            $0.matrixType = .int8
            $0.groupSize = 12
            $0.hasBiases = true
        },
        ModelVariant("int8 in other groups, tied") {
            $0.configuration.tiesWordEmbeddings = true
            $0.matrixType = .int8
            $0.groupSize = 16
            $0.otherGroupSize = 8
        },
        ModelVariant("bfloat16 beside int8") {
            $0.matrixType = .bfloat16
            $0.upType = .int8
        },
        ModelVariant("int8 routers") {
            $0.configuration.layers = [mlpRouters, LayerConfiguration(attentionRouter: .linear, mlpRouter: .linear)]
            $0.matrixType = .int8
            $0.routerType = .int8
        },
        ModelVariant("one key head") { $0.configuration.keyValueHeadCount = 1 },
        ModelVariant("as many key heads") { $0.configuration.keyValueHeadCount = 4 },
        ModelVariant("sliding windows") {
            $0.configuration.layers[0].slidingWindow = 5
            $0.configuration.layers[2].slidingWindow = 1
        },
        ModelVariant("llama3 rope") {
            $0.configuration.rotaryEmbedding = RotaryEmbedding(
                theta: 1000,
                scaling: .llama3(
                    factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 64))
        },
        ModelVariant("linear rope") { $0.configuration.rotaryEmbedding.scaling = .linear(factor: 2.5) },
        ModelVariant("gelu, scales and caps") {
            $0.configuration.activation = .geluTanh
            $0.configuration.embeddingScale = 2.5
            $0.configuration.attentionScale = 0.4
            $0.configuration.attentionSoftcap = 3
            $0.configuration.finalLogitSoftcap = 2
        },
        ModelVariant("threshold") { $0.configuration.routerThresholdBias = -0.7 },
    ]
}

/// The values that a model's weights are made of, where the runtime can read them.
@safe
final class WeightMemory: @unchecked Sendable {
    private var allocations: [UnsafeMutableRawPointer] = unsafe []

    deinit { while let allocation = unsafe allocations.popLast() { unsafe allocation.deallocate() } }

    func view(_ values: [Float]) -> FloatView {
        let bytes = unsafe allocate(values, .float32)
        // SAFETY: the bytes are `values`, and the model keeps this object alive.
        return unsafe FloatView(base: bytes.assumingMemoryBound(to: Float.self), count: values.count)
    }

    func matrix(_ values: [Float], _ elementType: ElementType, rows: Int, columns: Int) -> WeightMatrix {
        let bytes = unsafe allocate(values, elementType)
        // SAFETY: as in `view`.
        return unsafe WeightMatrix(
            base: bytes, storage: TensorStorage(elementType), rowCount: rows, columnCount: columns)
    }

    /// A matrix whose bytes are given.
    func matrix(_ bytes: [UInt8], _ storage: TensorStorage, rows: Int, columns: Int) -> WeightMatrix {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
        unsafe allocations.append(memory)
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
        // SAFETY: as in `view`.
        return unsafe WeightMatrix(base: memory, storage: storage, rowCount: rows, columnCount: columns)
    }

    private func allocate(_ values: [Float], _ elementType: ElementType) -> UnsafeMutableRawPointer {
        let width = elementType.byteCount
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(values.count * width, 1), alignment: 64)
        unsafe allocations.append(memory)
        for (index, value) in values.enumerated() {
            let offset = index * width
            switch elementType {
            case .float16: unsafe memory.storeBytes(of: Float16(value), toByteOffset: offset, as: Float16.self)
            case .bfloat16:
                unsafe memory.storeBytes(of: UInt16(value.bitPattern >> 16), toByteOffset: offset, as: UInt16.self)
            default: unsafe memory.storeBytes(of: value, toByteOffset: offset, as: Float.self)
            }
        }
        return unsafe memory
    }
}

/// A value that the element type can hold, near `value`.
private func rounded(_ value: Float, to elementType: ElementType) -> Float {
    switch elementType {
    case .float16: Float(Float16(value))
    case .bfloat16: Float(bitPattern: value.bitPattern & 0xFFFF_0000)
    default: value
    }
}

/// The generator of the tests' weights: seeded, so that every run draws the same.

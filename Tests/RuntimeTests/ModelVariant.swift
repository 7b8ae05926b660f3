import SkipModel
import Testing

@testable import SkipRuntime

/// The properties of a test model.
struct ModelVariant: Equatable, Sendable, CustomTestStringConvertible {
    var name: String
    var configuration: ModelConfiguration
    var matrixType = ElementType.float32
    /// The group size of int8 matrices.
    var groupSize = 0
    /// The group size of the value and up projections, if it differs.
    var otherGroupSize: Int?
    var routerType = ElementType.float32
    /// The type of the up projection, if it differs from the gate's.
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

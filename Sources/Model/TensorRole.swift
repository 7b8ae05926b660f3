/// The role of a tensor in the model. Raw values are those of the `.skipgpt` tensor table.
///
/// Matrices are [outputs, inputs], as PyTorch's `Linear` stores them.
public enum TensorRole: UInt16, Sendable, CaseIterable {
    /// [vocabularySize, hiddenSize]
    case tokenEmbedding = 1
    /// [vocabularySize, hiddenSize]
    case outputHead = 2
    /// [hiddenSize]
    case finalNorm = 3

    /// [hiddenSize]; `input_layernorm`
    case attentionInputNorm = 16
    /// [hiddenSize]; the norm before the MLP: Llama's `post_attention_layernorm`
    case mlpInputNorm = 17

    /// [queryWidth, hiddenSize]
    case queryProjection = 32
    /// [keyValueWidth, hiddenSize]
    case keyProjection = 33
    /// [keyValueWidth, hiddenSize]
    case valueProjection = 34
    /// [hiddenSize, queryWidth]; `o_proj`
    case attentionOutputProjection = 35
    /// [queryWidth]
    case queryBias = 36
    /// [keyValueWidth]
    case keyBias = 37
    /// [keyValueWidth]
    case valueBias = 38
    /// [hiddenSize]
    case attentionOutputBias = 39

    /// [intermediateSize, hiddenSize]
    case gateProjection = 48
    /// [intermediateSize, hiddenSize]
    case upProjection = 49
    /// [hiddenSize, intermediateSize]
    case downProjection = 50
    /// [intermediateSize]
    case gateBias = 51
    /// [intermediateSize]
    case upBias = 52
    /// [hiddenSize]
    case downBias = 53

    /// [hiddenWidth, hiddenSize]; `router_attention.hidden_layer`, of an mlp router only
    case attentionRouterHiddenWeight = 64
    /// [hiddenWidth]
    case attentionRouterHiddenBias = 65
    /// [2, hiddenWidth] or, of a linear router, [2, hiddenSize]; rows: execute, skip
    case attentionRouterPredictorWeight = 66
    /// [2]; may be absent
    case attentionRouterPredictorBias = 67
    /// [hiddenWidth, hiddenSize]; `router_mlp.hidden_layer`, of an mlp router only
    case mlpRouterHiddenWeight = 68
    /// [hiddenWidth]
    case mlpRouterHiddenBias = 69
    /// [2, hiddenWidth] or, of a linear router, [2, hiddenSize]; rows: execute, skip
    case mlpRouterPredictorWeight = 70
    /// [2]; may be absent
    case mlpRouterPredictorBias = 71

    /// The kind of extent that holds the tensor.
    public var extentKind: ExtentKind {
        switch self {
        case .tokenEmbedding: .tokenEmbedding
        case .outputHead: .outputHead
        case .finalNorm, .attentionInputNorm, .mlpInputNorm, .queryBias, .keyBias, .valueBias, .attentionOutputBias,
            .gateBias, .upBias, .downBias:
            .vectors
        case .keyProjection, .valueProjection: .keyValue
        case .queryProjection, .attentionOutputProjection: .attention
        case .gateProjection, .upProjection, .downProjection: .mlp
        case .attentionRouterHiddenWeight, .attentionRouterHiddenBias, .attentionRouterPredictorWeight,
            .attentionRouterPredictorBias, .mlpRouterHiddenWeight, .mlpRouterHiddenBias, .mlpRouterPredictorWeight,
            .mlpRouterPredictorBias:
            .routers
        }
    }

    /// Whether every layer may have such a tensor; the others exist once per model.
    public var isPerLayer: Bool { rawValue >= 16 }

    /// Whether it is a norm or a bias: one-dimensional, stored in float32.
    public var isVector: Bool {
        switch self {
        case .attentionRouterHiddenBias, .attentionRouterPredictorBias, .mlpRouterHiddenBias, .mlpRouterPredictorBias:
            true
        default: extentKind == .vectors
        }
    }

    /// The module whose router the tensor belongs to; nil for all other tensors.
    public var routedModule: RoutedModule? {
        switch self {
        case .attentionRouterHiddenWeight, .attentionRouterHiddenBias, .attentionRouterPredictorWeight,
            .attentionRouterPredictorBias:
            .attention
        case .mlpRouterHiddenWeight, .mlpRouterHiddenBias, .mlpRouterPredictorWeight, .mlpRouterPredictorBias: .mlp
        default: nil
        }
    }
}

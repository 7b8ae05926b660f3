/// The parameters of a routed decoder, without its weights.
///
/// The front end reads it from `config.json`, the `.skipgpt` file stores it as a binary record, and the runtime
/// executes it.
public struct ModelConfiguration: Equatable, Sendable {
    public var architecture: Architecture
    /// Rows of the token embedding (and of the output head).
    public var vocabularySize: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Width of the MLP's hidden layer.
    public var intermediateSize: Int
    public var attentionHeadCount: Int
    public var keyValueHeadCount: Int
    /// Width of one attention head.
    public var headDimension: Int
    /// The longest sequence that the model was trained for, in tokens.
    public var maximumPositionCount: Int
    public var rmsNormEpsilon: Double
    public var activation: Activation
    public var rotaryEmbedding: RotaryEmbedding
    /// Whether the token embedding is also the output head. The file then holds no head of its own.
    public var tiesWordEmbeddings: Bool
    /// Factor on the embedding (Gemma: the square root of the hidden size); 1 for most.
    public var embeddingScale: Float
    /// Factor on query·key; 1/√headDimension for most.
    public var attentionScale: Float
    /// Attention scores become c·tanh(score/c), where c is this value; 0: they are not changed.
    public var attentionSoftcap: Float
    /// Output logits become c·tanh(logit/c), where c is this value; 0: they are not changed.
    public var finalLogitSoftcap: Float
    /// A module executes when `execute − skip + bias ≥ 0`; 0 is the argmax of the paper, where ties
    /// execute.
    public var routerThresholdBias: Float
    public var beginOfTextTokenID: Int?
    /// Tokens that end generation, at most `endOfTextTokenLimit`.
    public var endOfTextTokenIDs: [Int]
    public var layers: [LayerConfiguration]

    /// The largest number of tokens that end generation.
    public static let endOfTextTokenLimit = 8

    public init(
        architecture: Architecture, vocabularySize: Int, hiddenSize: Int, intermediateSize: Int,
        attentionHeadCount: Int, keyValueHeadCount: Int, headDimension: Int, maximumPositionCount: Int,
        rmsNormEpsilon: Double, activation: Activation = .silu, rotaryEmbedding: RotaryEmbedding,
        tiesWordEmbeddings: Bool, embeddingScale: Float = 1, attentionScale: Float,
        attentionSoftcap: Float = 0, finalLogitSoftcap: Float = 0, routerThresholdBias: Float = 0,
        beginOfTextTokenID: Int? = nil, endOfTextTokenIDs: [Int] = [], layers: [LayerConfiguration]
    ) {
        self.architecture = architecture
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.attentionHeadCount = attentionHeadCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.maximumPositionCount = maximumPositionCount
        self.rmsNormEpsilon = rmsNormEpsilon
        self.activation = activation
        self.rotaryEmbedding = rotaryEmbedding
        self.tiesWordEmbeddings = tiesWordEmbeddings
        self.embeddingScale = embeddingScale
        self.attentionScale = attentionScale
        self.attentionSoftcap = attentionSoftcap
        self.finalLogitSoftcap = finalLogitSoftcap
        self.routerThresholdBias = routerThresholdBias
        self.beginOfTextTokenID = beginOfTextTokenID
        self.endOfTextTokenIDs = endOfTextTokenIDs
        self.layers = layers
    }

    /// Width of all query heads together.
    public var queryWidth: Int { attentionHeadCount * headDimension }

    /// Width of all key (or value) heads together.
    public var keyValueWidth: Int { keyValueHeadCount * headDimension }
}

/// The family of a checkpoint. Raw values are those of the `.skipgpt` config section.
public enum Architecture: UInt16, Sendable, CaseIterable {
    case llama = 1
}

/// The MLP's nonlinearity. Raw values are those of the `.skipgpt` config section.
public enum Activation: UInt16, Sendable, CaseIterable {
    /// x · sigmoid(x)
    case silu = 1
    /// GELU in its tanh approximation.
    case geluTanh = 2
}

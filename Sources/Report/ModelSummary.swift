import SkipModel

/// Everything that determines what a model computes, except for its weights: the lines and the JSON of `inspect`.
package struct ModelSummary {
    let configuration: ModelConfiguration
    /// The roles of the biases that the model has, in canonical order.
    let biases: [TensorRole]

    /// `tensors` are all tensors of the model.
    package init(_ configuration: ModelConfiguration, tensors: some Sequence<TensorID>) {
        self.configuration = configuration
        biases = Set(tensors.map(\.role)).filter(\.isBias).sorted { $0.rawValue < $1.rawValue }
    }

    package var lines: [(key: String, value: String)] {
        let configuration = configuration
        return [
            ("architecture", "\(configuration.architecture)"),
            ("layers", "\(configuration.layers.count)"),
            (
                "width",
                "\(configuration.hiddenSize), MLP \(configuration.intermediateSize), "
                    + "\(configuration.attentionHeadCount) heads of \(configuration.headDimension), "
                    + "\(configuration.keyValueHeadCount) key-value heads"
            ),
            ("vocabulary", "\(configuration.vocabularySize)" + (configuration.tiesWordEmbeddings ? ", tied head" : "")),
            ("positions", "\(configuration.maximumPositionCount)"),
            ("rope", configuration.rotaryEmbedding.summary),
            ("norm", "RMS, epsilon \(configuration.rmsNormEpsilon)"),
            ("activation", configuration.activation.name),
            ("attention", attention),
            ("embedding", "scale \(configuration.embeddingScale.plainText)"),
            ("logits", Self.softcap(configuration.finalLogitSoftcap)),
            ("biases", biases.isEmpty ? "none" : biases.map(\.biasName).joined(separator: ", ")),
            ("special tokens", specialTokens),
            ("routers", routers),
        ]
    }

    private static func softcap(_ cap: Float) -> String { cap == 0 ? "no softcap" : "softcap \(cap.plainText)" }

    private var attention: String {
        let parts = ["scale \(configuration.attentionScale.plainText)", Self.softcap(configuration.attentionSoftcap)]
        return (parts + [windows]).joined(separator: ", ")
    }

    private var windows: String {
        let layers = configuration.layers
        let sizes = Set(layers.compactMap(\.slidingWindow)).sorted()
        if sizes.isEmpty { return "all tokens" }
        return sizes.map { size in
            "window \(size) in \(layers.count { $0.slidingWindow == size }) of \(layers.count) layers"
        }.joined(separator: ", ")
    }

    private var specialTokens: String {
        let begin = configuration.beginOfTextTokenID.map { "\($0)" } ?? "none"
        let end = configuration.endOfTextTokenIDs.map { "\($0)" }.joined(separator: ", ")
        return "begin of text \(begin); end of text \(end.isEmpty ? "none" : end)"
    }

    private var routers: String {
        guard let kinds = routerKinds else { return "none: every module runs" }
        return kinds.replacing(": ", with: "; ", maxReplacements: 1)
            + "; threshold bias \(configuration.routerThresholdBias.plainText)"
    }

    /// `mlp (144): attention in 30 and MLP in 30 of 30 layers`; nil without routers.
    package var routerKinds: String? { RouterSummary(layers: configuration.layers).text }
}

extension RotaryEmbedding {
    /// `theta 500000, linear, factor 2`
    fileprivate var summary: String {
        let theta = "theta \(theta.plainText)"
        switch scaling {
        case .none: return theta + ", no scaling"
        case .linear(let factor): return theta + ", linear, factor \(factor.plainText)"
        case .llama3(let factor, let low, let high, let originalCount):
            return theta + ", llama3, factor \(factor.plainText), low \(low.plainText), high \(high.plainText), "
                + "\(originalCount) original positions"
        }
    }
}

extension Activation {
    /// The name in Transformers.
    var name: String {
        switch self {
        case .silu: "silu"
        case .geluTanh: "gelu_pytorch_tanh"
        }
    }
}

extension TensorRole {
    /// Whether it is a bias of the model, not of a router.
    fileprivate var isBias: Bool { biasName != "" }

    /// The name of the projection that the bias belongs to; empty for other tensors.
    var biasName: String {
        switch self {
        case .queryBias: "query"
        case .keyBias: "key"
        case .valueBias: "value"
        case .attentionOutputBias: "attention output"
        case .gateBias: "gate"
        case .upBias: "up"
        case .downBias: "down"
        default: ""
        }
    }
}

extension BinaryFloatingPoint where Self: CustomStringConvertible {
    /// The shortest text that reads as the same number, without `.0`.
    var plainText: String { Int(exactly: self).map { "\($0)" } ?? description }
}

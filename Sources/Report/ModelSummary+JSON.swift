import SkipFiles
import SkipModel

extension ModelSummary: JSONConvertible {
    /// The members are in the order of the computation. Caps and windows that a model does not have are omitted.
    package var json: JSONDocument {
        let routers = RouterSummary(layers: configuration.layers)
        return [
            "architecture": .string("\(configuration.architecture)"),
            "layers": .integer(configuration.layers.count),
            "hiddenSize": .integer(configuration.hiddenSize),
            "intermediateSize": .integer(configuration.intermediateSize),
            "attentionHeads": .integer(configuration.attentionHeadCount),
            "keyValueHeads": .integer(configuration.keyValueHeadCount),
            "headDimension": .integer(configuration.headDimension),
            "vocabularySize": .integer(configuration.vocabularySize),
            "maximumPositions": .integer(configuration.maximumPositionCount),
            "embeddingScale": configuration.embeddingScale.json,
            "normEpsilon": .number(configuration.rmsNormEpsilon),
            "rope": configuration.rotaryEmbedding.json,
            "attentionScale": configuration.attentionScale.json,
            "attentionSoftcap": Self.softcap(configuration.attentionSoftcap),
            "slidingWindows": slidingWindows,
            "activation": .string(configuration.activation.name),
            "biases": .array(biases.map(\.biasName)),
            "tiedHead": .bool(configuration.tiesWordEmbeddings),
            "finalLogitSoftcap": Self.softcap(configuration.finalLogitSoftcap),
            "beginOfTextTokenID": .optional(configuration.beginOfTextTokenID),
            "endOfTextTokenIDs": .array(configuration.endOfTextTokenIDs),
            "routedAttentionLayers": .integer(routers.layerCount(.attention)),
            "routedMLPLayers": .integer(routers.layerCount(.mlp)),
            "routers": routers.json,
            "routerThresholdBias": configuration.routerThresholdBias.json,
        ]
    }

    private static func softcap(_ cap: Float) -> JSONDocument { cap == 0 ? .null : cap.json }

    /// The window of each layer, null for a layer without one; null if no layer has one.
    private var slidingWindows: JSONDocument {
        let windows = configuration.layers.map(\.slidingWindow)
        return windows.contains { $0 != nil } ? .array(windows.map { .optional($0) }) : .null
    }
}

extension RotaryEmbedding {
    fileprivate var json: JSONDocument {
        switch scaling {
        case .none: ["type": "default", "theta": .number(theta)]
        case .linear(let factor): ["type": "linear", "theta": .number(theta), "factor": .number(factor)]
        case .llama3(let factor, let low, let high, let originalCount):
            [
                "type": "llama3",
                "theta": .number(theta),
                "factor": .number(factor),
                "lowFrequencyFactor": .number(low),
                "highFrequencyFactor": .number(high),
                "originalMaximumPositions": .integer(originalCount),
            ]
        }
    }
}

extension Float {
    /// The number with its own digits, not those of the nearest double.
    fileprivate var json: JSONDocument { Double(description).map { .number($0) } ?? .null }
}

import SkipFiles
import SkipModel

/// The fields of the configuration section's fixed part. Raw values are their positions in it.
public enum ConfigurationField: Int, Sendable, CaseIterable {
    case recordByteCount = 0
    case layerRecordByteCount = 4
    case layerCount = 8
    case routingRule = 12
    case architecture = 16
    case activation = 18
    case vocabularySize = 20
    case hiddenSize = 24
    case intermediateSize = 28
    case attentionHeadCount = 32
    case keyValueHeadCount = 36
    case headDimension = 40
    case maximumPositionCount = 44
    case flags = 48
    case beginOfTextTokenID = 52
    case rmsNormEpsilon = 56
    case rotaryTheta = 64
    case rotaryScaling = 72
    case rotaryOriginalMaximumPositionCount = 76
    case rotaryFactor = 80
    case rotaryLowFrequencyFactor = 88
    case rotaryHighFrequencyFactor = 96
    case embeddingScale = 104
    case attentionScale = 108
    case attentionSoftcap = 112
    case finalLogitSoftcap = 116
    case routerThresholdBias = 120
    case endOfTextTokenCount = 124
    case endOfTextTokenIDs = 128
    case reserved = 160
}

/// The fields of a layer's record. Raw values are their positions in it.
public enum LayerField: Int, Sendable, CaseIterable {
    case attentionRouter = 0
    case mlpRouter = 1
    case reserved = 2
    case attentionRouterHiddenWidth = 4
    case mlpRouterHiddenWidth = 8
    case slidingWindow = 12
    case reservedTail = 16
}

/// How the configuration's enumerations are numbered in the file.
enum ConfigurationCode {
    /// The routing of SkipGPT: both routers read the layer's input, class 0 executes, ties execute, K and V always
    /// execute.
    static let skipGPTRouting: UInt32 = 1
    static let tiesWordEmbeddings: UInt32 = 1

    enum RotaryScaling {
        static let none: UInt32 = 0
        static let linear: UInt32 = 1
        static let llama3: UInt32 = 2
    }

    enum Router {
        static let none: UInt8 = 0
        static let linear: UInt8 = 1
        static let mlp: UInt8 = 2
    }
}

extension ModelConfiguration {
    /// Returns the bytes of the configuration section. The configuration must have passed `checkLimits`.
    func encodedRecord() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt32(FormatLimits.configurationByteCount))
        writer.append(UInt32(FormatLimits.layerRecordByteCount))
        writer.append(UInt32(layers.count))
        writer.append(ConfigurationCode.skipGPTRouting)
        writer.append(architecture.rawValue)
        writer.append(activation.rawValue)
        for size in [
            vocabularySize, hiddenSize, intermediateSize, attentionHeadCount, keyValueHeadCount, headDimension,
            maximumPositionCount,
        ] {
            writer.append(UInt32(size))
        }
        writer.append(tiesWordEmbeddings ? ConfigurationCode.tiesWordEmbeddings : 0)
        writer.append(beginOfTextTokenID.map(UInt32.init) ?? FormatLimits.none)
        writer.append(rmsNormEpsilon)
        rotaryEmbedding.encode(into: &writer)
        for factor in [embeddingScale, attentionScale, attentionSoftcap, finalLogitSoftcap, routerThresholdBias] {
            writer.append(factor)
        }
        writer.append(UInt32(endOfTextTokenIDs.count))
        for index in 0..<Self.endOfTextTokenLimit {
            writer.append(index < endOfTextTokenIDs.count ? UInt32(endOfTextTokenIDs[index]) : FormatLimits.none)
        }
        writer.pad(to: FormatLimits.configurationByteCount)
        for layer in layers { layer.encode(into: &writer) }
        return writer.bytes
    }
}

extension RotaryEmbedding {
    fileprivate func encode(into writer: inout ByteWriter) {
        writer.append(theta)
        let factors: [Double]
        switch scaling {
        case .none:
            writer.append(ConfigurationCode.RotaryScaling.none)
            writer.append(UInt32(0))
            factors = [0, 0, 0]
        case .linear(let factor):
            writer.append(ConfigurationCode.RotaryScaling.linear)
            writer.append(UInt32(0))
            factors = [factor, 0, 0]
        case .llama3(let factor, let lowFrequencyFactor, let highFrequencyFactor, let originalMaximumPositionCount):
            writer.append(ConfigurationCode.RotaryScaling.llama3)
            writer.append(UInt32(originalMaximumPositionCount))
            factors = [factor, lowFrequencyFactor, highFrequencyFactor]
        }
        for factor in factors { writer.append(factor) }
    }
}

extension LayerConfiguration {
    fileprivate func encode(into writer: inout ByteWriter) {
        let end = writer.bytes.count + FormatLimits.layerRecordByteCount
        writer.append(attentionRouter.code)
        writer.append(mlpRouter.code)
        writer.append(UInt16(0))
        writer.append(attentionRouter.hiddenWidthCode)
        writer.append(mlpRouter.hiddenWidthCode)
        writer.append(slidingWindow.map(UInt32.init) ?? 0)
        writer.pad(to: end)
    }
}

extension RouterKind {
    fileprivate var code: UInt8 {
        switch self {
        case .none: ConfigurationCode.Router.none
        case .linear: ConfigurationCode.Router.linear
        case .mlp: ConfigurationCode.Router.mlp
        }
    }

    fileprivate var hiddenWidthCode: UInt32 {
        if case .mlp(let hiddenWidth) = self { UInt32(hiddenWidth) } else { 0 }
    }
}

import SkipFiles
import SkipModel

/// Reads the configuration section and checks every rule on it.
struct ConfigurationReader {
    let file: MappedFile
    /// The section's bytes in the file.
    let range: Range<Int>

    func read() throws(FormatError) -> ModelConfiguration {
        let layerCount = try checkByteCounts()
        try requireCode(.routingRule, .routingRule, integer(.routingRule), equals: ConfigurationCode.skipGPTRouting)
        let flags = integer(.flags)
        guard flags & ~ConfigurationCode.tiesWordEmbeddings == 0 else {
            throw broken(.configurationReserved, .flags, found: .number(Int64(flags)))
        }
        try requireZero(
            .configurationReserved,
            at: ConfigurationField.reserved.rawValue,
            .field(.reserved),
            byteCount: 32
        )
        var configuration = ModelConfiguration(
            architecture: try code(.architecture, .architecture),
            vocabularySize: size(.vocabularySize),
            hiddenSize: size(.hiddenSize),
            intermediateSize: size(.intermediateSize),
            attentionHeadCount: size(.attentionHeadCount),
            keyValueHeadCount: size(.keyValueHeadCount),
            headDimension: size(.headDimension),
            maximumPositionCount: size(.maximumPositionCount),
            rmsNormEpsilon: double(.rmsNormEpsilon),
            activation: try code(.activation, .activation),
            rotaryEmbedding: try readRotaryEmbedding(),
            tiesWordEmbeddings: flags == ConfigurationCode.tiesWordEmbeddings,
            embeddingScale: float(.embeddingScale),
            attentionScale: float(.attentionScale),
            attentionSoftcap: float(.attentionSoftcap),
            finalLogitSoftcap: float(.finalLogitSoftcap),
            routerThresholdBias: float(.routerThresholdBias),
            layers: []
        )
        let beginOfText = integer(.beginOfTextTokenID)
        configuration.beginOfTextTokenID = beginOfText == FormatLimits.none ? nil : Int(beginOfText)
        configuration.endOfTextTokenIDs = try readEndOfTextTokenIDs()
        configuration.layers.reserveCapacity(layerCount)
        for layer in 0..<layerCount { configuration.layers.append(try readLayer(layer)) }
        do {
            try configuration.checkLimits()
        } catch {
            throw .broken(
                RuleViolation(
                    error.rule,
                    at: offset(of: error.subject),
                    error.subject,
                    found: error.found,
                    required: error.required
                )
            )
        }
        return configuration
    }

    /// Checks that the section is as long as its layers need, so that the file's size bounds the layer count. Returns
    /// the layer count.
    private func checkByteCounts() throws(FormatError) -> Int {
        guard range.count >= FormatLimits.configurationByteCount else {
            throw broken(.configurationByteCount, .recordByteCount, found: .number(Int64(range.count)))
        }
        try requireCode(
            .configurationByteCount,
            .recordByteCount,
            integer(.recordByteCount),
            equals: UInt32(FormatLimits.configurationByteCount)
        )
        try requireCode(
            .configurationByteCount,
            .layerRecordByteCount,
            integer(.layerRecordByteCount),
            equals: UInt32(FormatLimits.layerRecordByteCount)
        )
        let layerCount = size(.layerCount)
        guard (1...FormatLimits.maximumLayerCount).contains(layerCount) else {
            throw broken(.layerCount, .layerCount, found: .number(Int64(layerCount)))
        }
        let required = FormatLimits.configurationByteCount + layerCount * FormatLimits.layerRecordByteCount
        guard range.count == required else {
            throw broken(
                .configurationByteCount,
                .layerCount,
                found: .number(Int64(range.count)),
                required: .number(Int64(required))
            )
        }
        return layerCount
    }

    private func readRotaryEmbedding() throws(FormatError) -> RotaryEmbedding {
        let kind = integer(.rotaryScaling)
        let scaling: RotaryEmbedding.Scaling
        let firstUnused: ConfigurationField
        switch kind {
        case ConfigurationCode.RotaryScaling.none:
            scaling = .none
            firstUnused = .rotaryFactor
        case ConfigurationCode.RotaryScaling.linear:
            scaling = .linear(factor: double(.rotaryFactor))
            firstUnused = .rotaryLowFrequencyFactor
        case ConfigurationCode.RotaryScaling.llama3:
            scaling = .llama3(
                factor: double(.rotaryFactor),
                lowFrequencyFactor: double(.rotaryLowFrequencyFactor),
                highFrequencyFactor: double(.rotaryHighFrequencyFactor),
                originalMaximumPositionCount: size(.rotaryOriginalMaximumPositionCount)
            )
            firstUnused = .embeddingScale
        default: throw broken(.rotaryScaling, .rotaryScaling, found: .number(Int64(kind)))
        }
        if firstUnused != .embeddingScale {
            try requireZero(
                .configurationReserved,
                at: ConfigurationField.rotaryOriginalMaximumPositionCount.rawValue,
                .field(.rotaryOriginalMaximumPositionCount),
                byteCount: 4
            )
        }
        try requireZero(
            .configurationReserved,
            at: firstUnused.rawValue,
            .field(firstUnused),
            byteCount: ConfigurationField.embeddingScale.rawValue - firstUnused.rawValue
        )
        return RotaryEmbedding(theta: double(.rotaryTheta), scaling: scaling)
    }

    private func readEndOfTextTokenIDs() throws(FormatError) -> [Int] {
        let count = size(.endOfTextTokenCount)
        guard count <= ModelConfiguration.endOfTextTokenLimit else {
            throw broken(.tokenIDs, .endOfTextTokenCount, found: .number(Int64(count)))
        }
        let start = range.lowerBound + ConfigurationField.endOfTextTokenIDs.rawValue
        let all = (0..<ModelConfiguration.endOfTextTokenLimit).map { file.integer(UInt32.self, at: start + 4 * $0) }
        guard all[count...].allSatisfy({ $0 == FormatLimits.none }) else {
            throw broken(.tokenIDs, .endOfTextTokenIDs, required: .number(Int64(FormatLimits.none)))
        }
        return all[..<count].map(Int.init)
    }

    private func readLayer(_ layer: Int) throws(FormatError) -> LayerConfiguration {
        let start = layerStart(layer)
        let window = file.integer(UInt32.self, at: start + LayerField.slidingWindow.rawValue)
        for (field, byteCount) in [(LayerField.reserved, 2), (.reservedTail, 16)] {
            try requireZero(
                .configurationReserved,
                at: start - range.lowerBound + field.rawValue,
                .layerField(field, layer: layer),
                byteCount: byteCount
            )
        }
        return LayerConfiguration(
            attentionRouter: try readRouter(.attentionRouter, width: .attentionRouterHiddenWidth, layer),
            mlpRouter: try readRouter(.mlpRouter, width: .mlpRouterHiddenWidth, layer),
            slidingWindow: window == 0 ? nil : Int(window)
        )
    }

    private func readRouter(_ kind: LayerField, width: LayerField, _ layer: Int) throws(FormatError) -> RouterKind {
        let start = layerStart(layer)
        let code = file.integer(UInt8.self, at: start + kind.rawValue)
        let hiddenWidth = file.integer(UInt32.self, at: start + width.rawValue)
        let router: RouterKind
        switch code {
        case ConfigurationCode.Router.none: router = .none
        case ConfigurationCode.Router.linear: router = .linear
        case ConfigurationCode.Router.mlp: return .mlp(hiddenWidth: Int(hiddenWidth))
        default:
            throw .broken(
                RuleViolation(
                    .routerKind,
                    at: start + kind.rawValue,
                    .layerField(kind, layer: layer),
                    found: .number(Int64(code))
                )
            )
        }
        guard hiddenWidth == 0 else {
            throw .broken(
                RuleViolation(
                    .routerHiddenWidth,
                    at: start + width.rawValue,
                    .layerField(width, layer: layer),
                    found: .number(Int64(hiddenWidth)),
                    required: .number(0)
                )
            )
        }
        return router
    }
}

// MARK: - Fields

extension ConfigurationReader {
    private func integer(_ field: ConfigurationField) -> UInt32 {
        file.integer(UInt32.self, at: range.lowerBound + field.rawValue)
    }

    private func size(_ field: ConfigurationField) -> Int { Int(integer(field)) }

    private func float(_ field: ConfigurationField) -> Float { Float(bitPattern: integer(field)) }

    private func double(_ field: ConfigurationField) -> Double {
        Double(bitPattern: file.integer(UInt64.self, at: range.lowerBound + field.rawValue))
    }

    private func code<Code: RawRepresentable>(
        _ rule: FormatRule,
        _ field: ConfigurationField
    ) throws(FormatError) -> Code where Code.RawValue == UInt16 {
        let value = file.integer(UInt16.self, at: range.lowerBound + field.rawValue)
        guard let code = Code(rawValue: value) else { throw broken(rule, field, found: .number(Int64(value))) }
        return code
    }

    private func layerStart(_ layer: Int) -> Int {
        range.lowerBound + FormatLimits.configurationByteCount + layer * FormatLimits.layerRecordByteCount
    }

    private func offset(of subject: RuleSubject?) -> Int {
        switch subject {
        case .field(let field): range.lowerBound + field.rawValue
        case .layerField(let field, let layer): layerStart(layer) + field.rawValue
        default: range.lowerBound
        }
    }

    private func broken(
        _ rule: FormatRule,
        _ field: ConfigurationField,
        found: RuleViolation.Finding = .nothing,
        required: RuleViolation.Finding = .nothing
    ) -> FormatError {
        .broken(
            RuleViolation(rule, at: range.lowerBound + field.rawValue, .field(field), found: found, required: required)
        )
    }

    private func requireCode(
        _ rule: FormatRule,
        _ field: ConfigurationField,
        _ found: UInt32,
        equals required: UInt32
    ) throws(FormatError) {
        guard found == required else {
            throw broken(rule, field, found: .number(Int64(found)), required: .number(Int64(required)))
        }
    }

    private func requireZero(
        _ rule: FormatRule,
        at position: Int,
        _ subject: RuleSubject,
        byteCount: Int
    ) throws(FormatError) {
        let start = range.lowerBound + position
        if let offset = file.firstNonzero(in: start..<start + byteCount) {
            throw .broken(RuleViolation(rule, at: offset, subject, required: .number(0)))
        }
    }
}

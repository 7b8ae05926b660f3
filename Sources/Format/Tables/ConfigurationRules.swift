import SkipModel

extension ModelConfiguration {
    /// Returns the configuration as a file states it: the tokens that end text are ascending and unique, and no zero is
    /// negative.
    func canonical() -> ModelConfiguration {
        var canonical = self
        canonical.endOfTextTokenIDs = Set(endOfTextTokenIDs).sorted()
        if routerThresholdBias == 0 { canonical.routerThresholdBias = 0 }
        if attentionSoftcap == 0 { canonical.attentionSoftcap = 0 }
        if finalLogitSoftcap == 0 { canonical.finalLogitSoftcap = 0 }
        return canonical
    }

    /// Checks the rules on the configuration's values (SK-41, SK-45 to SK-48, SK-50, SK-52, SK-54). A
    /// configuration that passes can be encoded, and no shape or byte count that follows from it overflows.
    func checkLimits() throws(LayoutError) {
        try require(.layerCount, .layerCount, layers.count, in: 1...FormatLimits.maximumLayerCount)
        try checkSizes()
        try checkRealNumbers()
        try checkRotaryEmbedding()
        try checkTokenIDs()
        for layer in layers.indices { try checkLayer(layer) }
    }

    private func checkSizes() throws(LayoutError) {
        try require(.sizeLimits, .vocabularySize, vocabularySize, in: 1...FormatLimits.maximumVocabularySize)
        try require(.sizeLimits, .hiddenSize, hiddenSize, in: 1...FormatLimits.maximumHiddenSize)
        try require(.sizeLimits, .intermediateSize, intermediateSize, in: 1...FormatLimits.maximumIntermediateSize)
        try require(.sizeLimits, .maximumPositionCount, maximumPositionCount, in: 1...FormatLimits.maximumPositionCount)
        try require(.headCounts, .attentionHeadCount, attentionHeadCount, in: 1...FormatLimits.maximumHeadCount)
        try require(.headCounts, .keyValueHeadCount, keyValueHeadCount, in: 1...attentionHeadCount)
        guard attentionHeadCount % keyValueHeadCount == 0 else {
            throw LayoutError(
                .headCounts,
                .field(.keyValueHeadCount),
                found: .number(Int64(keyValueHeadCount)),
                required: .number(Int64(attentionHeadCount))
            )
        }
        try require(.headDimension, .headDimension, headDimension, in: 2...FormatLimits.maximumHeadDimension)
        guard headDimension % 2 == 0 else {
            throw LayoutError(.headDimension, .field(.headDimension), found: .number(Int64(headDimension)))
        }
    }

    private func checkRealNumbers() throws(LayoutError) {
        try requirePositive(.rmsNormEpsilon, rmsNormEpsilon)
        try requirePositive(.embeddingScale, Double(embeddingScale))
        try requirePositive(.attentionScale, Double(attentionScale))
        for (field, value) in [
            (ConfigurationField.attentionSoftcap, attentionSoftcap), (.finalLogitSoftcap, finalLogitSoftcap),
        ] {
            guard value.isFinite, value.sign == .plus else {
                throw LayoutError(.realNumbers, .field(field), found: .real(Double(value)))
            }
        }
        let bias = routerThresholdBias
        guard bias.isFinite, bias != 0 || bias.sign == .plus else {
            throw LayoutError(.realNumbers, .field(.routerThresholdBias), found: .real(Double(bias)))
        }
    }

    private func checkRotaryEmbedding() throws(LayoutError) {
        try requirePositive(.rotaryTheta, rotaryEmbedding.theta)
        switch rotaryEmbedding.scaling {
        case .none: break
        case .linear(let factor): try requirePositive(.rotaryFactor, factor)
        case .llama3(let factor, let lowFrequencyFactor, let highFrequencyFactor, let originalMaximumPositionCount):
            try requirePositive(.rotaryFactor, factor)
            try requirePositive(.rotaryLowFrequencyFactor, lowFrequencyFactor)
            try requirePositive(.rotaryHighFrequencyFactor, highFrequencyFactor)
            guard lowFrequencyFactor < highFrequencyFactor else {
                throw LayoutError(
                    .realNumbers,
                    .field(.rotaryHighFrequencyFactor),
                    found: .real(highFrequencyFactor),
                    required: .real(lowFrequencyFactor)
                )
            }
            try require(
                .sizeLimits,
                .rotaryOriginalMaximumPositionCount,
                originalMaximumPositionCount,
                in: 1...FormatLimits.maximumPositionCount
            )
        }
    }

    private func checkTokenIDs() throws(LayoutError) {
        let tokens = 0...vocabularySize - 1
        if let beginOfTextTokenID { try require(.tokenIDs, .beginOfTextTokenID, beginOfTextTokenID, in: tokens) }
        try require(.tokenIDs, .endOfTextTokenCount, endOfTextTokenIDs.count, in: 0...Self.endOfTextTokenLimit)
        var previous = -1
        for token in endOfTextTokenIDs {
            try require(.tokenIDs, .endOfTextTokenIDs, token, in: tokens)
            guard token > previous else {
                throw LayoutError(.tokenIDs, .field(.endOfTextTokenIDs), found: .number(Int64(token)))
            }
            previous = token
        }
    }

    private func checkLayer(_ index: Int) throws(LayoutError) {
        let layer = layers[index]
        for (router, field) in [
            (layer.attentionRouter, LayerField.attentionRouterHiddenWidth), (layer.mlpRouter, .mlpRouterHiddenWidth),
        ] {
            if case .mlp(let hiddenWidth) = router, !(1...FormatLimits.maximumHiddenSize).contains(hiddenWidth) {
                throw LayoutError(
                    .routerHiddenWidth,
                    .layerField(field, layer: index),
                    found: .number(Int64(hiddenWidth)),
                    required: .range(1...FormatLimits.maximumHiddenSize)
                )
            }
        }
        if let slidingWindow = layer.slidingWindow, !(1...FormatLimits.maximumPositionCount).contains(slidingWindow) {
            throw LayoutError(
                .slidingWindow,
                .layerField(.slidingWindow, layer: index),
                found: .number(Int64(slidingWindow)),
                required: .range(1...FormatLimits.maximumPositionCount)
            )
        }
    }

    private func require(
        _ rule: FormatRule,
        _ field: ConfigurationField,
        _ value: Int,
        in range: ClosedRange<Int>
    ) throws(LayoutError) {
        guard range.contains(value) else {
            throw LayoutError(rule, .field(field), found: .number(Int64(value)), required: .range(range))
        }
    }

    private func requirePositive(_ field: ConfigurationField, _ value: Double) throws(LayoutError) {
        guard value.isFinite, value > 0 else { throw LayoutError(.realNumbers, .field(field), found: .real(value)) }
    }
}

extension ModelConfiguration {
    /// Returns the shape that a tensor must have in this model. Nil if the model cannot have the tensor: its layer is
    /// out of range, it is the head of a model with a tied embedding, or the layer's router has no such part.
    public func shape(of id: TensorID) -> TensorShape? {
        guard id.role.isPerLayer == (id.layer != nil) else { return nil }
        if let layer = id.layer, !layers.indices.contains(layer) { return nil }
        switch id.role {
        case .tokenEmbedding: return .matrix(vocabularySize, hiddenSize)
        case .outputHead: return tiesWordEmbeddings ? nil : .matrix(vocabularySize, hiddenSize)
        case .finalNorm, .attentionInputNorm, .mlpInputNorm, .attentionOutputBias, .downBias: return .vector(hiddenSize)
        case .queryProjection: return .matrix(queryWidth, hiddenSize)
        case .keyProjection, .valueProjection: return .matrix(keyValueWidth, hiddenSize)
        case .attentionOutputProjection: return .matrix(hiddenSize, queryWidth)
        case .queryBias: return .vector(queryWidth)
        case .keyBias, .valueBias: return .vector(keyValueWidth)
        case .gateProjection, .upProjection: return .matrix(intermediateSize, hiddenSize)
        case .downProjection: return .matrix(hiddenSize, intermediateSize)
        case .gateBias, .upBias: return .vector(intermediateSize)
        case .attentionRouterHiddenWeight, .mlpRouterHiddenWeight:
            return routerHiddenWidth(id).map { .matrix($0, hiddenSize) }
        case .attentionRouterHiddenBias, .mlpRouterHiddenBias:
            return routerHiddenWidth(id).map { .vector($0) }
        case .attentionRouterPredictorWeight, .mlpRouterPredictorWeight:
            switch router(id) {
            case .none: return nil
            case .linear: return .matrix(2, hiddenSize)
            case .mlp(let hiddenWidth): return .matrix(2, hiddenWidth)
            }
        case .attentionRouterPredictorBias, .mlpRouterPredictorBias:
            return router(id) == .none ? nil : .vector(2)
        }
    }

    /// The tensors that every model of this configuration has. Optional biases are not included.
    public var requiredTensors: [TensorID] {
        var required: [TensorID] = [TensorID(.tokenEmbedding), TensorID(.finalNorm)]
        if !tiesWordEmbeddings { required.append(TensorID(.outputHead)) }
        let perLayer: [TensorRole] = [
            .attentionInputNorm, .mlpInputNorm, .queryProjection, .keyProjection, .valueProjection,
            .attentionOutputProjection, .gateProjection, .upProjection, .downProjection,
        ]
        for layer in layers.indices {
            required += perLayer.map { TensorID($0, layer: layer) }
            for module in RoutedModule.allCases {
                let roles = RouterRoles(module)
                switch layers[layer].router(module) {
                case .none: break
                case .linear: required.append(TensorID(roles.predictorWeight, layer: layer))
                case .mlp:
                    required += [roles.hiddenWeight, roles.hiddenBias, roles.predictorWeight].map {
                        TensorID($0, layer: layer)
                    }
                }
            }
        }
        return required.sorted()
    }

    private func router(_ id: TensorID) -> RouterKind {
        guard let layer = id.layer, let module = id.role.routedModule else { return .none }
        return layers[layer].router(module)
    }

    private func routerHiddenWidth(_ id: TensorID) -> Int? {
        if case .mlp(let hiddenWidth) = router(id) { hiddenWidth } else { nil }
    }
}

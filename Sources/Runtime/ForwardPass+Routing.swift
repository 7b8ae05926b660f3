import Glibc
import SkipModel

/// The modules of a layer that a token executes.
struct Decision {
    var attention = true
    var mlp = true
}

extension ForwardPass {
    /// Evaluates the routers of a layer for the current token. All workers return the same decision.
    func route(_ index: Int, _ worker: Worker) -> Decision {
        if isDense { return Decision() }
        if followsImposedRoutes {
            return Decision(
                attention: buffers.executed[recordPlace(.attention, layer: index, token: 0)] != 0,
                mlp: buffers.executed[recordPlace(.mlp, layer: index, token: 0)] != 0)
        }
        let layer = layers[index]
        let input = buffers.stream.row(0, width: sizes.hiddenSize)
        if layer.attentionRouter?.hiddenWeight != nil || layer.mlpRouter?.hiddenWeight != nil {
            computeRouterHidden(layer, input: input, worker)
            worker.barrier()
        }
        return Decision(
            attention: decide(.attention, layer: index, token: 0, input: input, worker),
            mlp: decide(.mlp, layer: index, token: 0, input: input, worker))
    }

    /// Evaluates the routers of a layer for the tokens of a chunk, and lists the tokens that execute each module.
    /// Ends with a barrier.
    func routeChunk(_ index: Int, _ worker: Worker) {
        let layer = layers[index]
        let evaluatesRouters = !isDense && !followsImposedRoutes
        if evaluatesRouters && (layer.attentionRouter?.hiddenWeight != nil || layer.mlpRouter?.hiddenWeight != nil) {
            // Routers read the stream without rounding, whatever the element type of their weights is.
            var forms = PackedForms()
            forms.addFloats()
            let packed = pack(
                TokenRows(buffers.stream, width: sizes.hiddenSize, count: tokenCount), forms, worker)
            worker.barrier()
            computeRouterHiddenOfChunk(layer, packed, worker)
            worker.barrier()
        }
        for token in worker.share(of: tokenCount) {
            let input = buffers.stream.row(token, width: sizes.hiddenSize)
            if evaluatesRouters {
                _ = decide(.attention, layer: index, token: token, input: input, worker)
                _ = decide(.mlp, layer: index, token: token, input: input, worker)
            }
            compute.normalize(
                input, weight: layer.attentionInputNorm, epsilon: sizes.rmsNormEpsilon,
                output: buffers.normalized.row(token, width: sizes.hiddenSize))
        }
        worker.barrier()
        if worker.index == 0 {
            list(.attention, layer: index)
            list(.mlp, layer: index)
        }
        worker.barrier()
    }

    /// Returns the decision of one router for one token. The router's hidden layer, if any, is in the buffers.
    private func decide(
        _ module: RoutedModule, layer index: Int, token: Int, input: FloatView, _ worker: Worker
    ) -> Bool {
        guard let router = layers[index].router(module) else { return true }
        let logits = routerLogits(of: worker)
        let predictor = LinearWeights(weight: router.predictorWeight, bias: router.predictorBias)
        let hidden = router.hiddenWeight == nil ? input : routerHidden(module, token: token, width: router.hiddenWidth)
        compute.multiply(predictor, rows: 0..<2, input: hidden, output: logits)
        let executes = logits[0] - logits[1] + skipBias >= 0
        if job == .prefill || worker.index == 0 {
            let place = recordPlace(module, layer: index, token: token)
            buffers.routerLogits[place * 2] = logits[0]
            buffers.routerLogits[place * 2 + 1] = logits[1]
            buffers.executed[place] = executes ? 1 : 0
        }
        return executes
    }

    private func computeRouterHidden(_ layer: LayerWeights, input: FloatView, _ worker: Worker) {
        let counts = (layer.attentionRouter?.hiddenWidth ?? 0, layer.mlpRouter?.hiddenWidth ?? 0, 0)
        worker.rows(ofEach: counts) { number, rows in
            let module: RoutedModule = number == 0 ? .attention : .mlp
            guard let router = layer.router(module), let weight = router.hiddenWeight else { return }
            let output = routerHidden(module, token: 0, width: router.hiddenWidth)
            let linear = LinearWeights(weight: weight, bias: router.hiddenBias)
            compute.multiply(linear, rows: rows, input: input, output: output)
            rectify(output[rows])
        }
    }

    private func computeRouterHiddenOfChunk(_ layer: LayerWeights, _ packed: PackedTokens, _ worker: Worker) {
        let counts = (layer.attentionRouter?.hiddenWidth ?? 0, layer.mlpRouter?.hiddenWidth ?? 0, 0)
        worker.rows(ofEach: counts) { number, rows in
            let module: RoutedModule = number == 0 ? .attention : .mlp
            guard let router = layer.router(module), let weight = router.hiddenWeight else { return }
            let width = router.hiddenWidth
            let linear = LinearWeights(weight: weight, bias: router.hiddenBias)
            let first = routerHiddenStart(module)
            product(
                linear, rows: rows, packed, tokenCount, output: buffers.routerHidden[first...], stride: width, worker)
            for token in 0..<tokenCount { rectify(routerHidden(module, token: token, width: width)[rows]) }
        }
    }

    private func routerHiddenStart(_ module: RoutedModule) -> Int {
        module == .attention ? 0 : buffers.routerHidden.count / 2
    }

    private func routerHidden(_ module: RoutedModule, token: Int, width: Int) -> FloatView {
        buffers.routerHidden[routerHiddenStart(module)...].row(token, width: width)
    }

    private func rectify(_ values: FloatView) {
        for index in 0..<values.count { values[index] = max(values[index], 0) }
    }

    /// The index of a decision in [layers][2][T].
    func recordPlace(_ module: RoutedModule, layer: Int, token: Int) -> Int {
        (layer * 2 + Int(module.rawValue)) * chunkLength + token
    }

    /// Lists the tokens that execute a module. In the last layer only tokens whose output is requested are listed.
    private func list(_ module: RoutedModule, layer index: Int) {
        let start = Int(module.rawValue) * chunkLength
        var count = 0
        let firstRequested: Int
        switch outputs {
        case .stream: firstRequested = 0
        case .lastLogits: firstRequested = index == layers.count - 1 ? tokenCount - 1 : 0
        case .none: firstRequested = index == layers.count - 1 ? tokenCount : 0
        }
        for token in firstRequested..<tokenCount {
            let place = recordPlace(module, layer: index, token: token)
            if isDense || buffers.executed[place] != 0 {
                buffers.executing[start + count] = Int32(token)
                count += 1
            }
        }
        buffers.executingCount[Int(module.rawValue)] = Int32(count)
    }

    /// The tokens of the chunk that execute a module, in order.
    func executing(_ module: RoutedModule) -> IndexView {
        let start = Int(module.rawValue) * chunkLength
        return buffers.executing[start..<start + Int(buffers.executingCount[Int(module.rawValue)])]
    }
}

/// limit · tanh(value / limit)
func softcapped(_ value: Float, limit: Float) -> Float { limit * tanhf(value / limit) }
